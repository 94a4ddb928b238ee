using DataMesh.Core.Storage;

namespace DataMesh.Cli.Tests.Crash;

/// <summary>Two pipelines in two processes, with one state folder and one target between them: both bring their rows.</summary>
public sealed class TwoPipelinesTests : IDisposable
{
    private const int Rows = 3_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("two-pipelines-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("dataset: t", CrashPoints.EpochRead, 2)]
    [InlineData("dataset: t", CrashPoints.CommitBegin, 1)]
    [InlineData("dataset: t", CrashPoints.CommitBegin, 2)]
    [InlineData("sink: { type: file, path: lake/t.ndjson, mode: append }", CrashPoints.CommitBegin, 1)]
    [InlineData("sink: { type: file, path: lake/t.ndjson, mode: append }", CrashPoints.StageData, 2)]
    public void While_one_stands_still_another_one_writes_to_the_same_target(string target, string point, int time)
    {
        var (one, two) = (Pipeline("one", target), Pipeline("two", target));
        using var first = DatameshProcess.Start(_folder, [("DATAMESH_FREEZE_AT", $"{point}:{time}")], "run", one);
        FrozenProcess.AwaitStop(first);
        Assert.False(first.HasExited, $"{point} was not reached");
        Done(DatameshProcess.Run(_folder, "run", two));
        FrozenProcess.Continue(first);
        Assert.True(first.WaitForExit(Patience), "the first process did not end");
        Assert.True(first.ExitCode == 0, first.StandardError.ReadToEnd());
        Assert.Equal(2 * Rows, target.StartsWith("dataset", StringComparison.Ordinal)
            ? TableContents.Read(Path.Combine(_folder, "lake", "t")).Rows.Count
            : File.ReadAllLines(Path.Combine(_folder, "lake", "t.ndjson")).Length);
        foreach (var pipeline in new[] { one, two })
        {
            Done(DatameshProcess.Run(_folder, "ledger", pipeline));
            Assert.Contains("nothing new", DatameshProcess.Run(_folder, "run", pipeline).Output, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFiles(_folder, "*.staged", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(CrashPoints.EpochRead)]
    [InlineData(CrashPoints.StageData)]
    [InlineData(CrashPoints.StageManifest)]
    public void What_a_killed_run_staged_beside_a_file_goes_with_the_next_one_and_what_another_stages_stays(string point)
    {
        const string Target = "sink: { type: file, path: lake/t.ndjson, mode: append }";
        var (one, two) = (Pipeline("one", Target), Pipeline("two", Target));
        Assert.NotEqual(0, DatameshProcess.Run(_folder, [("DATAMESH_CRASH_AT", point)], "run", one).ExitCode);
        Assert.NotEqual(0, DatameshProcess.Run(_folder, [("DATAMESH_CRASH_AT", point)], "run", two).ExitCode);
        Assert.Equal(2, Staged());
        Done(DatameshProcess.Run(_folder, "run", two));
        Assert.Equal(1, Staged());
        Done(DatameshProcess.Run(_folder, "run", one));
        Assert.Equal(0, Staged());
        Assert.Equal(2 * Rows, File.ReadAllLines(Path.Combine(_folder, "lake", "t.ndjson")).Length);
    }

    private static void Done(ProcessResult result) => Assert.True(result.ExitCode == 0, result.Output + result.Error);

    private int Staged() => Directory.GetFiles(Path.Combine(_folder, "lake"), ".t.ndjson.*.staged").Length;

    private string Pipeline(string name, string target)
    {
        for (var file = 0; file < 3; file++)
            File.WriteAllLines(Path.Combine(_folder, $"{name}-{file}.csv"), [.. Enumerable.Range(-1, (Rows / 3) + 1).Select(row => row < 0 ? "n,name" : $"{row},{name}{file}")]);
        File.WriteAllText(Path.Combine(_folder, $"{name}.yaml"), $"pipeline: {name}\nsource: {name}-*.csv\nepoch: {{ bytes: 10kB }}\n{target}\n");
        return $"{name}.yaml";
    }
}
