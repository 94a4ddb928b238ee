using DataMesh.Cli.Output;
using DataMesh.DataPlane.Ledger;

namespace DataMesh.Cli.Runs;

/// <summary>The ledger's lines as a table: terms that are zero everywhere are left out.</summary>
internal static class LedgerTable
{
    private static readonly (string Name, Func<StageCounts, long> Value)[] Terms =
    [
        ("in", counts => counts.In),
        ("created", counts => counts.Created),
        ("out", counts => counts.Out),
        ("filtered", counts => counts.Filtered),
        ("set aside", counts => counts.Quarantined),
        ("deduplicated", counts => counts.Deduplicated),
        ("absorbed", counts => counts.Absorbed),
    ];

    /// <summary>Prints one line a node.</summary>
    public static void Print(IReadOnlyList<StageCounts> stages)
    {
        if (stages.Count == 0) return;
        var shown = Terms.Where(term => term.Name is "in" or "out" || stages.Any(stage => term.Value(stage) > 0)).ToList();
        var table = new TextTable([" ", .. shown.Select(term => term.Name)]);
        for (var i = 1; i <= shown.Count; i++) table.Right(i);
        foreach (var stage in stages)
        {
            var name = stage.Id == stage.Type ? stage.Id : $"{stage.Id} ({stage.Type})";
            table.Add([name, .. shown.Select(term => term.Value(stage) is var rows && rows == 0 && term.Name is not ("in" or "out") ? "" : TextTable.Number(rows))]);
        }

        table.Print("  ");
    }

    /// <summary>The lines of several epochs added up by node, in the order in which nodes are first met.</summary>
    public static IReadOnlyList<StageCounts> Sum(IEnumerable<IReadOnlyList<StageCounts>> ledgers)
    {
        var sums = new List<StageCounts>();
        foreach (var line in ledgers.SelectMany(lines => lines))
        {
            var at = sums.FindIndex(known => known.Id == line.Id);
            if (at < 0) sums.Add(line);
            else sums[at] += line;
        }

        return sums;
    }
}
