using System.Globalization;
using System.Text;
using DataMesh.Cli.Tests.Crash;
using DataMesh.Hosting.Redis.Tests;

namespace DataMesh.Cli.Tests.Silos;

/// <summary>
/// What people ask of a pipeline whose tasks live on three silos, one thing after the other, each while tasks are in the middle of files; and what happens to the cluster
/// meanwhile. After each the table holds what was there to read, once, and in the end the ledger closes.
/// </summary>
public sealed class SpreadVerbsTests : IDisposable
{
    private const int FilesEach = 8, Rows = 3_000;

    private readonly string _root = Directory.CreateTempSubdirectory("datamesh-verbs-").FullName;
    private readonly RedisServer _redis = new();
    private readonly List<SiloProcess> _silos = [];
    private int _files;

    [Fact]
    public void A_pipeline_on_three_silos_does_what_it_is_asked_and_loses_nothing()
    {
        Directory.CreateDirectory(Path.Combine(_root, "in"));
        File.WriteAllText(Path.Combine(_root, "p.yaml"), "pipeline: orders\nsource: in/*.csv\nparallelism: 4\nepoch: { bytes: 50kB }\ndataset: { name: all, path: lake/all }\ntrigger: continuous\n");
        Write();
        for (var i = 0; i < 3; i++) Start();
        _silos[0].Do("submit", "p.yaml");
        _silos[2].Await("orders", status => status.EpochsCommitted > 0);

        Ask(1, "pause");
        var paused = _silos[2].AwaitPhase("orders", "paused");
        AssertPrefix();
        Ask(2, "resume");
        AssertComplete(paused.EpochsCommitted);

        ReadMore();
        Scale(0, 2);
        AssertComplete(tasks: 2);

        ReadMore();
        Ask(1, "stop");
        _silos[0].AwaitPhase("orders", "stopped");
        AssertPrefix();
        Scale(2, 5);
        Ask(0, "restart");
        AssertComplete(tasks: 5);

        ReadMore();
        _redis.Kill();
        _redis.Start();
        AssertComplete();

        ReadMore();
        Start();
        AssertComplete();
        Assert.Equal(0, _silos[0].Terminate());
        _silos.RemoveAt(0);
        Write();
        AssertComplete();
        // It looks at every epoch since the first.
        var ledger = DatameshProcess.Run(_root, "ledger", "p.yaml");
        Assert.True(ledger.ExitCode == 0, ledger.Output + ledger.Error);
    }

    public void Dispose()
    {
        foreach (var silo in _silos) silo.Dispose();
        _redis.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private void Start() => _silos.Add(SiloProcess.Start(_root, null, "--redis", _redis.Address));

    private void Ask(int silo, string verb) => _silos[silo].Client.AskAsync("orders", verb).Wait();

    private void Scale(int silo, int tasks) => _silos[silo].Client.ScaleAsync("orders", tasks).Wait();

    private IReadOnlyList<string> Table => TableContents.Read(Path.Combine(_root, "lake/all")).Rows;

    /// <summary>New files come, and the first epoch with some of them is committed.</summary>
    private void ReadMore()
    {
        var before = _silos[^1].Client.StatusAsync("orders").Result.EpochsCommitted;
        Write();
        _silos[^1].Await("orders", status => status.EpochsCommitted > before);
    }

    /// <summary>Whatever is committed is there once.</summary>
    private void AssertPrefix() => Assert.Equal(Table.Count, Table.Distinct().Count());

    private void AssertComplete(long epochsBefore = 0, int? tasks = null)
    {
        var silo = _silos[^1];
        silo.Await("orders", status => status.Phase == "waiting" && status.EpochsCommitted >= epochsBefore && status.BacklogSplits == 0 && (tasks is null || status.Parallelism == tasks) && Table.Count >= _files * Rows);
        Assert.Equal(_files * Rows, Table.Distinct().Count());
        Assert.Equal(_files * Rows, Table.Count);
    }

    private void Write()
    {
        for (var end = _files + FilesEach; _files < end; _files++)
        {
            var text = new StringBuilder("order_id,note\n");
            for (var row = 0; row < Rows; row++) text.Append(CultureInfo.InvariantCulture, $"{_files * 100_000 + row},a note that fills the file {row % 50}\n");
            var path = Path.Combine(_root, "in", $"{_files:D3}.csv");
            File.WriteAllText(path + ".part", text.ToString());
            File.Move(path + ".part", path);
        }
    }
}
