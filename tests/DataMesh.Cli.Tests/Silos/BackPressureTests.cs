using System.Globalization;
using System.Text;
using DataMesh.Client.Contract;
using DataMesh.Hosting.Redis.Tests;

namespace DataMesh.Cli.Tests.Silos;

/// <summary>More input than can be written ends in waiting, not in memory: in every silo that has tasks of the pipeline.</summary>
public sealed class BackPressureTests : IDisposable
{
    private const int Files = 8, Tasks = 4;
    private const long Budget = 2_000_000, BlockBytes = 1 << 20;

    // The gate holds threads while it is shut: what else the silo does must not wait for them.
    private static readonly (string, string)[] Environment =
        [("DOTNET_STARTUP_HOOKS", Path.Combine(AppContext.BaseDirectory, "DataMesh.TestHook.dll")), ("DOTNET_ThreadPool_ForceMinWorkerThreads", "40")];

    private readonly string _root = Directory.CreateTempSubdirectory("datamesh-pressure-").FullName;
    private readonly RedisServer _redis = new();
    private readonly List<SiloProcess> _silos = [];

    [Fact]
    public void Tasks_in_two_silos_read_no_more_than_their_budgets_hold_while_nothing_can_be_written()
    {
        var (bytes, rows) = Write();
        for (var i = 0; i < 2; i++) _silos.Add(SiloProcess.Start(_root, Environment, "--redis", _redis.Address, "--bytes-in-flight", $"{Budget}"));
        _silos[0].Do("submit", "p.yaml");
        // As nothing gets through, every silo with tasks comes to hold what it may, however long that takes.
        var full = _silos[0].Await("orders", status => status.Tasks.Select(task => task.Silo).Distinct().Count() == 2 && Silos().All(silo => silo.BytesInFlight >= Budget));
        var most = 2 * (Budget + Tasks * BlockBytes);
        Assert.True(bytes > 10 * Budget, $"{bytes} bytes are too few for this test");
        Assert.InRange(full.Counts.BytesRead, 1, most);
        Assert.All(Silos(), silo => Assert.InRange(silo.BytesInFlight, Budget, 4 * most));
        File.WriteAllText(Path.Combine(_root, "open"), "");
        Assert.Equal(rows, _silos[0].AwaitPhase("orders", "done").Counts.RowsWritten);
        Assert.All(Silos(), silo => Assert.Equal(0, silo.BytesInFlight));
    }

    public void Dispose()
    {
        foreach (var silo in _silos) silo.Dispose();
        _redis.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private IEnumerable<SiloStatus> Silos() => _silos.Select(silo => silo.Client.SiloAsync().Result);

    private (long Bytes, long Rows) Write()
    {
        File.WriteAllText(Path.Combine(_root, "p.yaml"), $"pipeline: orders\nsource: in/*.csv\nparallelism: {Tasks}\nstages:\n  - gate: open\ndataset: {{ name: all, path: lake/all }}\n");
        Directory.CreateDirectory(Path.Combine(_root, "in"));
        var text = new StringBuilder("order_id,note\n");
        var rows = 0;
        for (; text.Length < 4 * BlockBytes; rows++) text.Append(CultureInfo.InvariantCulture, $"{rows},{new string((char)('a' + rows % 26), 200)}\n");
        for (var file = 0; file < Files; file++) File.WriteAllText(Path.Combine(_root, "in", $"{file}.csv"), text.ToString());
        return ((long)Files * text.Length, (long)Files * rows);
    }
}
