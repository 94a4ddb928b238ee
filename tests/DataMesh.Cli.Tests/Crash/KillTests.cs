using System.Diagnostics;
using System.Globalization;
using DataMesh.Core.Storage;

namespace DataMesh.Cli.Tests.Crash;

/// <summary>
/// Kills the real program with SIGKILL, at every named step of the commit protocol and at random instants, starts it again, and compares what it made with
/// an undisturbed run. <c>DATAMESH_CRASH_KILLS=500</c> asks for more random kills, <c>DATAMESH_CRASH_SEED</c> for other instants.
/// </summary>
public sealed class KillTests
{
    private const int KillsPerRun = 5;
    private const int Killed = 128 + 9;

    // Their steps have tests of their own: replay and discard, upsert, compaction, retention, columns that become wider.
    private static readonly string[] OtherProtocols = ["replay.", "discard.", "merge.", "swap.", "retype."];

    public static TheoryData<string, int> Points()
    {
        var points = new TheoryData<string, int>();
        foreach (var point in typeof(CrashPoints).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetValue(null)!))
        {
            if (IsOfThisPipeline(point)) points.Add(point, 1);
        }

        points.Add(CrashPoints.StageData, 4);
        points.Add(CrashPoints.CommitBegin, 4);
        points.Add(CrashPoints.CommitEntry, 3);
        points.Add(CrashPoints.CompleteEnd, 3);
        return points;
    }

    [Theory]
    [MemberData(nameof(Points))]
    public void Killed_at_a_named_step_a_run_goes_on_as_if_nothing_had_happened(string point, int time)
    {
        var expected = Undisturbed.Value;
        using var folder = new CrashFolder();
        var killed = DatameshProcess.Run(folder.Root, [("DATAMESH_CRASH_AT", $"{point}:{time}")], "run", "p.yaml");
        Assert.True(killed.ExitCode == Killed, $"{point} was not reached: exit code {killed.ExitCode}\n{killed.Output}{killed.Error}");

        AssertFinishes(folder, expected);
    }

    [Fact]
    public void Killed_at_random_instants_again_and_again_a_run_ends_as_if_nothing_had_happened()
    {
        var expected = Undisturbed.Value;
        var kills = Number("DATAMESH_CRASH_KILLS", 20);
        var seed = Number("DATAMESH_CRASH_SEED", 1);
        var random = new Random(seed);
        for (var done = 0; done < kills;)
        {
            using var folder = new CrashFolder();
            for (var kill = 0; kill < KillsPerRun && done < kills; kill++, done++)
            {
                KillAfter(folder, random.NextDouble() * UndisturbedTime.TotalMilliseconds);
                if (random.Next(4) == 0) folder.ForgetState();
            }

            AssertFinishes(folder, expected);
        }
    }

    private static readonly Lazy<IReadOnlyList<TableContents>> Undisturbed = new(RunUndisturbed);

    private static TimeSpan UndisturbedTime { get; set; }

    private static IReadOnlyList<TableContents> RunUndisturbed()
    {
        using var folder = new CrashFolder();
        var watch = Stopwatch.StartNew();
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml");
        UndisturbedTime = watch.Elapsed;
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        var tables = folder.Tables;
        Assert.All(tables, table => Assert.NotEmpty(table.Rows));
        Assert.NotEmpty(tables[0].Quarantine);
        return tables;
    }

    private static void AssertFinishes(CrashFolder folder, IReadOnlyList<TableContents> expected)
    {
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        var tables = folder.Tables;
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Rows, tables[i].Rows);
            Assert.Equal(expected[i].Quarantine, tables[i].Quarantine);
        }

        var ledger = DatameshProcess.Run(folder.Root, "ledger", "p.yaml");
        Assert.True(ledger.ExitCode == 0, ledger.Output + ledger.Error);
    }

    private static void KillAfter(CrashFolder folder, double milliseconds)
    {
        using var process = DatameshProcess.Start(folder.Root, [], "run", "p.yaml");
        if (!process.WaitForExit(TimeSpan.FromMilliseconds(milliseconds))) process.Kill();
        process.WaitForExit();
        Assert.True(process.ExitCode is 0 or Killed, $"exit code {process.ExitCode} after {milliseconds} ms: {process.StandardError.ReadToEnd()}");
    }

    private static bool IsOfThisPipeline(string point) => OtherProtocols.All(protocol => !point.StartsWith(protocol, StringComparison.Ordinal));

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
