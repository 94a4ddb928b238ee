using System.CommandLine;
using System.Globalization;
using DataMesh.Cli.Output;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Runtime.Drift;

namespace DataMesh.Cli.Verbs.Drifts;

/// <summary><c>datamesh drift list</c>: every change once, with the file and line that showed it first.</summary>
internal static class DriftListVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var filter = new DriftFilter();
        var json = CommonOptions.Json();
        var command = new Command("list", "List the changes of structure that runs met, each once, oldest first.") { file, filter.Kind, filter.Column, filter.Since, json };
        command.Act(async (parsed, cancellation) =>
        {
            var wanted = filter.Read(parsed, TimeProvider.System.GetUtcNow());
            var definition = PipelineLoading.Load(parsed.GetValue(file)!);
            var all = await DriftHistory.ReadAsync(definition, TimeProvider.System, cancellation);
            var shown = all.Where(wanted).ToList();
            if (parsed.GetValue(json)) JsonPrinter.Print(new { Pipeline = definition.Name, Events = shown.Select(Json) });
            else Print(definition.Name, shown, all.Count);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>An event as the JSON forms give it.</summary>
    public static object Json(NumberedDrift drift) => new
    {
        drift.Number,
        drift.Epoch,
        drift.Event.At,
        drift.Event.Kind,
        drift.Event.Source,
        drift.Event.Column,
        drift.Event.Before,
        drift.Event.After,
        File = drift.Event.Split,
        drift.Event.Line,
        drift.Event.Position,
        drift.Event.Evidence,
        drift.Event.Decision,
    };

    /// <summary>File and line.</summary>
    public static string Where(DriftEvent drift) => drift.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{drift.Split}:{drift.Line}") : drift.Split;

    private static void Print(string pipeline, List<NumberedDrift> shown, int all)
    {
        if (all == 0)
        {
            Terminal.Line($"{Terminal.Bold(pipeline)}: the structure of its sources has not changed");
            return;
        }

        var table = new TextTable("no", "kind", "column", "before", "after", "first seen at", "decision", "epoch").Right(0, 7);
        foreach (var each in shown)
        {
            table.Add(
                $"{each.Number}", Naming.SnakeCase(each.Event.Kind.ToString()), each.Event.Column ?? "", each.Event.Before ?? "", each.Event.After ?? "",
                Where(each.Event), Naming.SnakeCase(each.Event.Decision.ToString()), $"{each.Epoch}");
        }

        table.Print();
        if (shown.Count < all) Terminal.Line(Terminal.Dim($"{all - shown.Count} more do not match"));
    }
}
