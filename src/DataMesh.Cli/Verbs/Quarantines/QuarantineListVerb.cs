using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Cli.Verbs.Quarantines;

/// <summary><c>datamesh quarantine list</c>: what was set aside, by reason, stage and rule.</summary>
internal static class QuarantineListVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var json = CommonOptions.Json();
        var command = new Command("list", "List what a pipeline set aside: by reason, stage and rule, with the first example of each.") { file, json };
        var filter = new FilterOptions(command, withState: true);
        command.Act(async (parsed, cancellation) =>
        {
            var definition = PipelineLoading.Load(parsed.GetValue(file)!);
            var parts = await QuarantineView.OpenAsync(definition, cancellation);
            var wanted = filter.Read(parsed);
            var groups = parts.Group(wanted);
            if (parsed.GetValue(json)) PrintJson(parts, groups);
            else Print(definition.Name, parts, groups, wanted);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(string pipeline, QuarantineParts parts, IReadOnlyList<QuarantineGroup> groups, QuarantineFilter filter)
    {
        var (all, replayed, discarded) = Totals(parts);
        if (groups.Count == 0)
        {
            Terminal.Line(all == 0 ? $"{pipeline}: nothing was ever set aside." : $"{pipeline}: no such records. {Account(all, replayed, discarded)}");
            return;
        }

        var table = new TextTable("records", "reason", "stage", "rule", "first at", "first example").Right(0);
        foreach (var group in groups)
            table.Add(TextTable.Number(group.Records), group.Reason, group.Stage, group.Rule ?? "", group.First.Where ?? "", group.First.Detail ?? RecordText.Of(group.First));
        table.Print();
        Terminal.Line($"{TextTable.Number(groups.Sum(group => group.Records))} {(filter.State is { } state ? state.ToString().ToLowerInvariant() : "in all")}. {Account(all, replayed, discarded)}");
    }

    private static string Account(long all, long replayed, long discarded) =>
        $"In all: {TextTable.Number(all - replayed - discarded)} waiting = {TextTable.Number(all)} set aside - {TextTable.Number(replayed)} replayed - {TextTable.Number(discarded)} discarded.";

    private static (long All, long Replayed, long Discarded) Totals(QuarantineParts parts) =>
        (parts.All.Sum(part => part.Part.Rows), parts.All.Sum(part => part.Replayed.Count), parts.All.Sum(part => part.Discarded.Count));

    private static void PrintJson(QuarantineParts parts, IReadOnlyList<QuarantineGroup> groups)
    {
        var (all, replayed, discarded) = Totals(parts);
        JsonPrinter.Print(new
        {
            Quarantined = all,
            Replayed = replayed,
            Discarded = discarded,
            Waiting = all - replayed - discarded,
            Groups = groups.Select(group => new
            {
                group.Reason,
                group.Stage,
                group.Rule,
                group.State,
                group.Records,
                First = QuarantineShowVerb.ToJson(group.First),
            }),
        });
    }
}
