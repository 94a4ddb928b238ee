using System.Globalization;
using System.Text;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Audit;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Tests.Runs;

namespace DataMesh.Runtime.Tests.Groups;

/// <summary>A folder with a dozen files, one of them much larger than the others, that a pipeline reads with some number of tasks.</summary>
internal sealed class TasksFolder : IDisposable
{
    public const int Files = 12, HugeFile = 3, Lines = 300, HugeLines = 60_000;

    public TasksFolder()
    {
        for (var file = 0; file < Files; file++) Folder.Write($"in/{file:D2}.csv", Input(file));
    }

    public RunFolder Folder { get; } = new();

    /// <summary>Bad values here and there, and deep in the large file one that asks for a wider type.</summary>
    public static string Yaml(int tasks, string drift = "evolve", string keyed = "") => $$"""
        pipeline: p
        source: { type: file, path: in/*.csv }
        parallelism: {{tasks}}
        drift: {{drift}}
        stages:
          - validate: { n: n % 97 <> 13 }
          - derive: { twice: n * 2 }{{keyed}}
        dataset: { name: t }
        """;

    public async Task<RunResult> DoneAsync(int tasks, RunOptions? options = null, CancellationToken stop = default) =>
        await DoneAsync(Folder.Define(Yaml(tasks)), options, stop);

    public static async Task<RunResult> DoneAsync(PipelineDefinition definition, RunOptions? options = null, CancellationToken stop = default)
    {
        var result = await RunFolder.RunAsync(definition, options, stop);
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.ToString() ?? result.Outcome.ToString());
        Assert.All(result.Stages, stage => Assert.True(stage.Closes, stage.ToString()));
        await AuditAsync(definition);
        return result;
    }

    public static async Task AuditAsync(PipelineDefinition definition)
    {
        var ledger = await LedgerAudit.RunAsync(definition, recount: true, default);
        Assert.True(ledger.Closes, string.Join("; ", ledger.Epochs.SelectMany(epoch => epoch.Findings).Select(finding => $"{finding.Check}: {finding.What}")));
    }

    public IReadOnlyList<string> Rows() => [.. Folder.Rows("t").Order(StringComparer.Ordinal)];

    public IReadOnlyList<Manifest> Manifests()
    {
        var run = new PipelineRun(Folder.Define(Yaml(1)), new RunOptions(), TimeProvider.System, default);
        return [.. Directory.EnumerateFiles(Path.Combine(Folder.Root, "lake/t/_datamesh/manifests"), "*.json").Order(StringComparer.Ordinal).Select(path => run.Account.ReadManifest(Path.GetFileName(path)))];
    }

    public void Dispose() => Folder.Dispose();

    private static string Input(int file)
    {
        var text = new StringBuilder("n,v,city,note\n");
        var lines = file == HugeFile ? HugeLines : Lines;
        for (var i = 0; i < lines; i++)
        {
            if (i == 70) text.Append("broken\n");
            var value = file == HugeFile && i == 45_000 ? "2.5" : "7";
            text.Append(CultureInfo.InvariantCulture, $"{file * 100_000 + i},{value},{(i % 3 == 0 ? "Oslo" : "Rome")},a note that fills the blocks of the file {i}\n");
        }

        return text.ToString();
    }
}
