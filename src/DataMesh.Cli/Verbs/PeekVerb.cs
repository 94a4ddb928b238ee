using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Sampling;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh peek</c>: the first rows after any stage.</summary>
internal static class PeekVerb
{
    public static Command Create()
    {
        var file = CommonOptions.PipelineOrData();
        var after = new Option<string?>("--after") { Description = "Id of a stage or source, or an output such as router.major; without it: what the first dataset gets.", HelpName = "STAGE" };
        var rows = new Option<int>("--rows", "-n") { Description = "How many rows.", HelpName = "N", DefaultValueFactory = _ => 10 };
        rows.Validators.Add(result =>
        {
            if (int.TryParse(result.Tokens.FirstOrDefault()?.Value, out var given) && given < 1) result.AddError("--rows must be at least 1.");
        });
        var json = CommonOptions.Json();
        var command = new Command("peek", "Show the first rows after any stage of a pipeline, or of a data file, from the start of its sources and without its drift policy. Writes nothing.") { file, after, rows, json };
        command.Act(async (parsed, cancellation) =>
        {
            var name = parsed.GetValue(file)!;
            var definition = PipelineLoading.LoadAny(name);
            var preview = PipelineLoading.IsPipeline(name) ? await RunPreview.FindAsync(definition, cancellation) : null;
            var limit = OptionsBinder.BindStage(Composition.Catalog, $"limit: {parsed.GetValue(rows)}");
            var cut = Cutout.UpTo(definition, parsed.GetValue(after), limit);
            using var result = await new SampleRun(cut, Composition.ContextOf(definition), cancellation) { Plans = preview?.PlansOf(cut) }.RunAsync();
            if (parsed.GetValue(json)) PrintJson(result);
            else Print(result);
            if (SetsRowsApart(definition.Drift)) Terminal.Error("The drift policy is not applied here: these are rows from the start of the sources. 'datamesh run --dry-run' shows what it would set aside.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Whether the policy does anything to rows but take changes in.</summary>
    private static bool SetsRowsApart(DriftPolicy policy) => policy.Columns.Select(each => (string?)each.Key).Append(null)
        .Any(column => Enum.GetValues<DriftKind>().Any(kind => policy.ActionOn(kind, column) != DriftAction.Evolve));

    private static void Print(SampleResult result)
    {
        var schema = result.Graph.Sinks[0].Schema;
        var table = new TextTable([.. schema.Select(field => $"{field.Name} {field.Type}")]);
        for (var i = 0; i < schema.Count; i++)
        {
            if (schema[i].Type.IsNumeric) table.Right(i);
        }

        foreach (var batch in result.Sinks.Values.Single().Batches)
        {
            for (var row = 0; row < batch.Length; row++) table.Add([.. batch.Columns.Select(column => ValueText.Format(column, row) ?? "")]);
        }

        table.Print();
        if (result.Quarantine.Count > 0) Terminal.Error($"{result.Quarantine.Count} records were set aside on the way; the first: {result.Quarantine.Records[0].Reason} {result.Quarantine.Records[0].Rule} {result.Quarantine.Records[0].Detail}".TrimEnd());
    }

    private static void PrintJson(SampleResult result) => JsonPrinter.Print(new
    {
        Columns = result.Graph.Sinks[0].Schema.Select(field => new { field.Name, Type = field.Type.ToString() }),
        Rows = JsonPrinter.Rows(result.Sinks.Values.Single().Batches.SelectMany(JsonRows.Write)),
        Quarantined = result.Quarantine.Count,
    });
}
