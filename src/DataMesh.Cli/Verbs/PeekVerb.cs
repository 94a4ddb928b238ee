using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Sampling;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh peek</c>: the first rows after any stage.</summary>
internal static class PeekVerb
{
    public static Command Create()
    {
        var file = CommonOptions.PipelineOrData();
        var after = new Option<string?>("--after") { Description = "Id of a stage or source, or an output such as router.major; without it: what the first dataset gets.", HelpName = "STAGE" };
        var count = new Option<int>("--rows", "-n") { Description = "How many rows.", HelpName = "N", DefaultValueFactory = _ => 10 };
        count.Validators.Add(result =>
        {
            if (int.TryParse(result.Tokens.FirstOrDefault()?.Value, out var given) && given < 1) result.AddError("--rows must be at least 1.");
        });
        var json = CommonOptions.Json();
        var command = new Command("peek", "Show the first rows after any stage of a pipeline, or of a data file, from the start of its sources. Writes nothing.") { file, after, count, json };
        command.Act(async (parsed, cancellation) =>
        {
            var name = parsed.GetValue(file)!;
            var definition = PipelineLoading.LoadAny(name);
            var limit = OptionsBinder.BindStage(Composition.Catalog, $"limit: {parsed.GetValue(count)}");
            var cut = Cutout.UpTo(definition, parsed.GetValue(after), limit);
            using var rows = (RowsSink)cut.Sinks[0].Sink;
            var reasons = await PeekRun.RunAsync(PipelineLoading.IsPipeline(name) ? definition : null, cut, cancellation);
            if (parsed.GetValue(json)) PrintJson(rows, reasons);
            else Print(rows, reasons);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(RowsSink rows, IReadOnlyDictionary<string, long> reasons)
    {
        var schema = rows.Schema;
        var table = new TextTable([.. schema.Select(field => $"{field.Name} {field.Type}")]);
        for (var i = 0; i < schema.Count; i++)
        {
            if (schema[i].Type.IsNumeric) table.Right(i);
        }

        foreach (var batch in rows.Batches)
        {
            for (var row = 0; row < batch.Length; row++) table.Add([.. batch.Columns.Select(column => ValueText.Format(column, row) ?? "")]);
        }

        table.Print();
        if (reasons.Count > 0) Terminal.Error($"{reasons.Values.Sum()} records were set aside on the way: {string.Join(", ", reasons.Select(reason => $"{reason.Key} {reason.Value}"))}");
    }

    private static void PrintJson(RowsSink rows, IReadOnlyDictionary<string, long> reasons) => JsonPrinter.Print(new
    {
        Columns = rows.Schema.Select(field => new { field.Name, Type = field.Type.ToString() }),
        Rows = JsonPrinter.Rows(rows.Batches.SelectMany(JsonRows.Write)),
        Quarantined = reasons.Values.Sum(),
    });
}
