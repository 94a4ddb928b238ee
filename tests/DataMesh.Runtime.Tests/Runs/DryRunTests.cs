using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

public sealed class DryRunTests : IDisposable
{
    private const string Yaml = """
        pipeline: p
        source: { type: file, path: in/*.csv }
        stages:
          - validate: { n: between 0 and 10 }
        dataset: t
        """;

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_is_accounted_for_and_nothing_is_left_behind()
    {
        _folder.Write("in/a.csv", "n\n1\n20\n3\n");
        var dry = await _folder.RunAsync(Yaml, new RunOptions { DryRun = true });
        Assert.True(dry.Outcome == RunOutcome.DryRun, dry.Error?.Message);
        Assert.Equal(2, dry.Stages[^1].Out);
        Assert.Equal(1, dry.Quarantine["rule_failed"]);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Root, "*", SearchOption.AllDirectories), file => file.Contains("lake", StringComparison.Ordinal));

        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Yaml)).Outcome);
        Assert.Equal(2, _folder.Rows("t").Count);
        _folder.Write("in/b.csv", "n\n4\n");
        Assert.Equal(1, (await _folder.RunAsync(Yaml, new RunOptions { DryRun = true })).Stages[^1].Out);
        Assert.Equal(2, _folder.Rows("t").Count);
    }
}
