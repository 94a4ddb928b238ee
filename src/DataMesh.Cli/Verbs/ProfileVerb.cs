using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Sampling;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh profile</c>: what every column of a data file holds.</summary>
internal static class ProfileVerb
{
    public static Command Create()
    {
        var file = CommonOptions.PipelineOrData();
        var after = new Option<string?>("--after") { Description = "Profile what comes out of this stage; without it: what the first dataset gets.", HelpName = "STAGE" };
        var json = CommonOptions.Json();
        var command = new Command("profile", "Profile every column of a data file or of a pipeline's rows: nulls, least and greatest, distinct values, quantiles. Reads everything, writes nothing.") { file, after, json };
        command.Act(async (parsed, cancellation) =>
        {
            var definition = PipelineLoading.LoadAny(parsed.GetValue(file)!);
            var profile = OptionsBinder.BindStage(Composition.Catalog, "profile:");
            var cut = Cutout.UpTo(definition, parsed.GetValue(after), profile);
            using var result = await new SampleRun(cut, Composition.ContextOf(definition), cancellation).RunAsync();
            var batches = result.Sinks.Values.Single().Batches;
            if (parsed.GetValue(json)) JsonPrinter.Print(new { Columns = JsonPrinter.Rows(batches.SelectMany(JsonRows.Write)), Quarantined = result.Quarantine.Count });
            else Print(result.Graph.Sinks[0].Schema, batches);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(Schema schema, IReadOnlyList<RecordBatch> batches)
    {
        var table = new TextTable([.. schema.Names]);
        for (var i = 0; i < schema.Count; i++)
        {
            if (schema[i].Type.IsNumeric) table.Right(i);
        }

        foreach (var batch in batches)
        {
            for (var row = 0; row < batch.Length; row++) table.Add([.. batch.Columns.Select(column => Short(ValueText.Format(column, row)))]);
        }

        table.Print();
    }

    private static string Short(string? text)
    {
        if (text is null) return "";
        var isLongNumber = text.Length > 12 && text.Contains('.', StringComparison.Ordinal) && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _);
        return isLongNumber ? double.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToString("G8", System.Globalization.CultureInfo.InvariantCulture) : text;
    }
}
