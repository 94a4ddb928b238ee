using System.Text.RegularExpressions;

namespace DataMesh.Architecture.Tests;

/// <summary>What runs in the simulator takes time, threads and chance from its host: whatever it took for itself would not follow from the seed.</summary>
public partial class SimulatedTests
{
    /// <summary>Where it is taken all the same, and why that does no harm.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["src/DataMesh.Runtime/Hosting/Peers/Outbox.cs"] = "for hosts that have threads: simulated silos have queues of their own",
    };

    [Theory]
    [InlineData("ControlPlane")]
    [InlineData("Runtime")]
    [InlineData("DataPlane")]
    public void What_is_simulated_takes_no_time_thread_or_chance_for_itself(string project)
    {
        var offences =
            from path in Repository.Sources($"src/DataMesh.{project}")
            where !Exceptions.ContainsKey(Repository.Relative(path))
            from line in File.ReadLines(path)
            where !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Banned().IsMatch(line)
            select $"{Repository.Relative(path)}: {line.Trim()}";
        Assert.Empty(offences);
    }

    [Fact]
    public void No_exception_is_out_of_date() =>
        Assert.All(Exceptions.Keys, path => Assert.Contains(File.ReadLines(Path.Combine(Repository.Root, path)), line => Banned().IsMatch(line)));

    [Theory]
    [InlineData("Task.Run(() => 1)")]
    [InlineData("await Task.Delay(100)")]
    [InlineData("await Task.Delay(pause, cancellation)")]
    [InlineData("var at = DateTimeOffset.UtcNow;")]
    [InlineData("using var late = new CancellationTokenSource(timeout);")]
    [InlineData("Random.Shared.Next()")]
    public void The_ban_knows_what_it_looks_for(string line) => Assert.Matches(Banned(), line);

    [Theory]
    [InlineData("await Task.Delay(pause, Clock, cancellation)")]
    [InlineData("new CancellationTokenSource(timeout, Clock)")]
    [InlineData("new CancellationTokenSource()")]
    public void What_asks_the_host_for_time_is_no_offence(string line) => Assert.DoesNotMatch(Banned(), line);

    /// <summary>Threads and timers of the process, its clocks, its chance; waits and limits of time that are given no clock.</summary>
    [GeneratedRegex(
        @"\bTask\.Run\(|\bnew (Thread|Timer|PeriodicTimer|Random)\(|\bThread\.Sleep\(|\bThreadPool\.|\bParallel\.|\bDateTime(Offset)?\.(Utc)?(Now|Today)\b|\bEnvironment\.TickCount|\bStopwatch\.|\bRandom\.Shared\b"
        + @"|\bTask\.Delay\((?![^;]*([Cc]lock|[Tt]ime[Pp]rovider))|\bnew CancellationTokenSource\((?!\))(?![^;]*([Cc]lock|[Tt]ime[Pp]rovider))|\.CancelAfter\(")]
    private static partial Regex Banned();
}
