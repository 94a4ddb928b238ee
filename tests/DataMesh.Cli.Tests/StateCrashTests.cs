using System.Globalization;
using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Storage;
using DataMesh.Formats.Delta;

namespace DataMesh.Cli.Tests;

/// <summary>
/// The real program, killed at one step of the protocol after the other while it works through one input; the tables it ends with must be those
/// of an undisturbed run, and the ledger must close.
/// </summary>
public sealed class StateCrashTests
{
    private const string Kept = """
        pipeline: kept
        source: in/*.csv
        stages:
          - { id: known, validate: { k: k <> 13 } }
          - { id: once, deduplicate: { keys: [k], on_full: forget_oldest, memory: 8KB } }
          - id: hours
            from: known
            aggregate:
              group_by: [g]
              aggregates: { n: count(*), total: sum(k), kinds: count(distinct k) }
              window: { on: at, tumbling: 1h, lateness: 10m }
        datasets:
          - { name: once, from: once }
          - { name: hours, from: hours }
        epoch: { bytes: 1KB }
        """;

    private const string Creating = """
        pipeline: creating
        source: in/*.csv
        stages:
          - { id: known, validate: { k: k <> 13 } }
          - { id: once, deduplicate: [k] }
        dataset: wide
        epoch: { bytes: 1KB }
        """;

    /// <summary>Every step that an epoch passes which only adds rows; the checkpoint comes with every tenth version.</summary>
    private static readonly string[] Steps =
    [
        CrashPoints.EpochRead, CrashPoints.StageData, CrashPoints.StageQuarantine, CrashPoints.StageState, CrashPoints.StageManifest, CrashPoints.Prepared,
        CrashPoints.CommitBegin, CrashPoints.CommitEntry, CrashPoints.CommitEnd, CrashPoints.CompleteBegin, CrashPoints.CompleteForgotten,
        CrashPoints.CompleteEnd, CrashPoints.CheckpointFile,
    ];

    [Fact]
    public void What_stages_keep_is_never_older_or_newer_than_the_rows()
    {
        using var undisturbed = new TemporaryFolder();
        using var disturbed = new TemporaryFolder();
        foreach (var folder in new[] { undisturbed, disturbed })
            for (var file = 0; file < 40; file++) folder.Write($"in/{file:D2}.csv", KeyedRows(file));
        Check(undisturbed, disturbed, Kept, "once", "hours");
    }

    [Fact]
    public void A_run_that_starts_over_with_wider_types_ends_alike_wherever_it_is_killed()
    {
        using var undisturbed = new TemporaryFolder();
        using var disturbed = new TemporaryFolder();
        var text = new StringBuilder("k,v,t\n");
        for (var i = 1; i <= 60_000; i++) text.Append(CultureInfo.InvariantCulture, $"{i % 50_000},{(i == 40_000 ? "wide" : "7")},some text that fills the blocks of the file so that there are several\n");
        foreach (var folder in new[] { undisturbed, disturbed }) folder.Write("in/a.csv", text.ToString());
        Check(undisturbed, disturbed, Creating, "wide");
    }

    private static void Check(TemporaryFolder undisturbed, TemporaryFolder disturbed, string pipeline, params string[] tables)
    {
        foreach (var folder in new[] { undisturbed, disturbed }) folder.Write("p.yaml", pipeline);
        Assert.Equal(0, DatameshProcess.Run(undisturbed.Root, "run", "p.yaml", "-q").ExitCode);
        var killed = 0;
        foreach (var step in Steps)
            killed += DatameshProcess.Run(disturbed.Root, [("DATAMESH_CRASH_AT", step)], "run", "p.yaml", "-q").ExitCode == 0 ? 0 : 1;
        Assert.InRange(killed, Steps.Length - 2, Steps.Length);
        var last = DatameshProcess.Run(disturbed.Root, "run", "p.yaml", "-q");
        Assert.True(last.ExitCode == 0, last.Error);
        foreach (var table in tables) Assert.Equal(Rows(undisturbed, table), Rows(disturbed, table));
        foreach (var folder in new[] { undisturbed, disturbed })
        {
            var ledger = DatameshProcess.Run(folder.Root, "ledger", "p.yaml");
            Assert.True(ledger.ExitCode == 0, ledger.Output + ledger.Error);
        }
    }

    private static string KeyedRows(int file)
    {
        var random = new Random(file);
        var text = new StringBuilder("k,g,at\n");
        for (var i = 0; i < 60; i++)
        {
            var at = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(file * 1200 + i * 20 + random.Next(-1800, 60));
            text.Append(CultureInfo.InvariantCulture, $"{file * 20 + random.Next(80)},{(char)('a' + random.Next(3))},{at:yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
        }

        return text.ToString();
    }

    private static List<string> Rows(TemporaryFolder folder, string table)
    {
        var rows = new List<string>();
        foreach (var batch in DeltaRows.Read(DeltaTable.Open(Path.Combine(folder.Root, "lake", table))))
        {
            using (batch) rows.AddRange(JsonRows.Write(batch));
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }
}
