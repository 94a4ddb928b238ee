using System.Globalization;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Audit;
using DataMesh.Runtime.Runs;
using DataMesh.Tests;
using Xunit.Abstractions;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>
/// The disk is full at every point of an epoch: the free space grows page by page until the run succeeds, so that data parts, quarantine part, state
/// file, manifest, prepared record, log entry and checkpoint each are the first to find no room.
/// </summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const int PageBytes = 4096;
    private const int PagesMax = 64;

    private const string Appending = """
        pipeline: p
        source: { type: file, path: in/*.csv }
        stages:
          - deduplicate: { keys: [n], keep: first }
          - validate: { n: "< 1000" }
        dataset: { name: t, partition_by: [p], properties: { delta.checkpointInterval: '2' } }
        """;

    private const string Upserting = """
        pipeline: p
        source: { type: file, path: in/*.csv }
        stages:
          - validate: { n: "< 1000" }
        dataset: { name: t, mode: upsert, key: [n], properties: { delta.checkpointInterval: '2' } }
        """;

    private static readonly ImpatientClock Clock = new();

    [Theory]
    [InlineData(Appending)]
    [InlineData(Upserting)]
    public async Task Wherever_space_runs_out_the_table_stays_whole_and_the_next_run_completes_it(string pipeline)
    {
        using var disk = SmallDisk.Mount("4m", out var refused);
        output.WriteLine(refused is null ? "on a tmpfs" : $"no tmpfs ({refused}): only the limit on the size of files stands for a full disk here, in WriteFailureTests");
        if (disk is null) return;
        var failures = 0;
        for (var pages = 0; pages < PagesMax; pages++)
        {
            if (await CompletesAsync(disk, pipeline, pages * PageBytes)) break;
            failures++;
        }

        output.WriteLine($"{failures} ways to run out of space");
        Assert.InRange(failures, 6, PagesMax - 1);
    }

    /// <summary>Whether a run completes with so many bytes free; whether or not, nothing may be lost, doubled or left behind.</summary>
    private static async Task<bool> CompletesAsync(SmallDisk disk, string pipeline, long free)
    {
        using var folder = new RunFolder(disk.Root);
        folder.Write("in/a.csv", Rows(0, 20));
        Assert.Equal(RunOutcome.Completed, (await folder.RunAsync(pipeline)).Outcome);
        folder.Write("in/b.csv", Rows(10, 30) + "5000,x\n");
        var definition = folder.Define(pipeline);
        var before = Parts(folder);

        disk.Fill(free);
        var result = await TryAsync(definition);
        var isCompleted = result is { Outcome: RunOutcome.Completed };
        Assert.InRange(folder.Table("t").Version, 0, 1);
        // What a prepared record names stays; else nothing of the epoch does.
        if (!isCompleted && folder.Table("t").Version == 0 && !Directory.EnumerateFiles(Side(folder, "prepared")).Any()) Assert.Equal(before, Parts(folder));
        disk.Free();

        var again = await folder.RunAsync(pipeline);
        Assert.True(again.Outcome is RunOutcome.Completed or RunOutcome.NothingNew, again.Error?.Message);
        Assert.Equal(Enumerable.Range(0, 30), folder.Rows("t").Select(row => int.Parse(row[5..row.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture)).Order());
        var audit = await LedgerAudit.RunAsync(definition, recount: true, default);
        Assert.True(audit.Closes, string.Join("; ", audit.Epochs.SelectMany(epoch => epoch.Findings)));
        Assert.Equal(1, audit.Quarantined);
        Assert.Empty(Directory.EnumerateFiles(folder.Root, ".tmp-*", SearchOption.AllDirectories));
        return isCompleted;
    }

    /// <summary>Runs; null when not even the state of the run found room.</summary>
    private static async Task<RunResult?> TryAsync(PipelineDefinition definition)
    {
        try
        {
            var result = await RunFolder.RunAsync(definition, clock: Clock);
            if (result.Outcome == RunOutcome.Completed) return result;
            Assert.Contains("There is no space left on the disk.", result.Error!.Message, StringComparison.Ordinal);
            Assert.Contains(result.Messages, message => message.Contains("Trying again in 16 s.", StringComparison.Ordinal));
            return result;
        }
        catch (DataMeshException error)
        {
            Assert.Contains("free space", error.Hint, StringComparison.Ordinal);
            return null;
        }
    }

    private static string Rows(int from, int to) =>
        "n,p\n" + string.Concat(Enumerable.Range(from, to - from).Select(n => string.Create(CultureInfo.InvariantCulture, $"{n},{(n % 2 == 0 ? "x" : "y")}\n")));

    private static string Side(RunFolder folder, string name) => Path.Combine(folder.Root, "lake", "t", "_datamesh", name);

    /// <summary>Data parts, quarantine parts and state files: what an epoch stages and a manifest names.</summary>
    private static List<string> Parts(RunFolder folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(folder.Root, "lake", "t"), "*", SearchOption.AllDirectories)
            .Where(path => !path.Contains("_delta_log", StringComparison.Ordinal) && !path.StartsWith(Side(folder, "manifests"), StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
