using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DataMesh.Cli.Tests.Crash;
using DataMesh.Client.Contract;
using DataMesh.Hosting.Redis.Tests;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Cli.Tests.Silos;

/// <summary>The tasks of one pipeline on several silos: real processes on a real Redis, that are killed, frozen, asked to end and added in the middle.</summary>
public sealed class SpreadTests : IDisposable
{
    private const int Files = 12, Rows = 4_000;
    private const string Yaml = """
        pipeline: orders
        source: in/*.csv
        parallelism: 4
        epoch: { bytes: 100kB }
        stages:
          - validate: { amount: between 0 and 900 }
        dataset: { name: all, path: lake/all }
        trigger: continuous

        """;

    private static readonly Lazy<TableContents> Expected = new(() => RunAlone(Yaml)), ExpectedOfKeys = new(() => RunAlone(WithKeys(Yaml)));

    private static string WithKeys(string yaml) => yaml.Replace("dataset:", "  - deduplicate: [city, amount]\ndataset:", StringComparison.Ordinal);

    private static TableContents RunAlone(string yaml)
    {
        using var alone = new SpreadTests();
        File.WriteAllText(Path.Combine(alone._root, "p.yaml"), yaml.Replace("trigger: continuous", "", StringComparison.Ordinal).Replace("parallelism: 4", "parallelism: 1", StringComparison.Ordinal));
        for (var file = 0; file < 2 * Files; file++) alone.Write(file);
        Assert.Equal(0, DatameshProcess.Run(alone._root, "run", "p.yaml").ExitCode);
        return alone.Table;
    }

    private readonly string _root = Directory.CreateTempSubdirectory("datamesh-spread-").FullName;
    private readonly RedisServer _redis = new();
    private readonly List<SiloProcess> _silos = [];
    private readonly Gate _gate;

    public SpreadTests()
    {
        _gate = new Gate(_root, "complete.end:2");
        Directory.CreateDirectory(Path.Combine(_root, "in"));
        File.WriteAllText(Path.Combine(_root, "p.yaml"), Yaml);
    }

    private TableContents Table => TableContents.Read(Path.Combine(_root, "lake/all"));

    [Fact]
    public void Tasks_run_on_several_silos_and_go_on_when_one_is_killed_and_one_added()
    {
        var status = Begin(3);
        var silos = status.Tasks.Select(task => task.Silo).Distinct().ToList();
        Assert.True(silos.Count >= 2, string.Join(' ', status.Tasks));
        var coordinator = HolderOf("orders");
        var victim = _silos.First(silo => silo.Id != coordinator && silos.Contains(silo.Id));
        victim.Kill();
        _gate.Open();
        Start(1);
        var other = _silos.First(silo => silo != victim);
        Finish(other);
        var top = other.Do("top", "--count", "1", "--json").Json.GetProperty("pipelines")[0];
        Assert.Equal(2 * Files * Rows, top.GetProperty("counts").GetProperty("rows_read").GetInt64());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tasks_that_share_keys_go_on_when_a_silo_is_killed_and_one_added(bool isCoordinator)
    {
        File.WriteAllText(Path.Combine(_root, "p.yaml"), WithKeys(Yaml));
        var silos = Begin(3).Tasks.Select(task => task.Silo).Distinct().ToList();
        var coordinator = HolderOf("orders");
        var victim = _silos.First(silo => isCoordinator ? silo.Id == coordinator : silo.Id != coordinator && silos.Contains(silo.Id));
        victim.Kill();
        _gate.Open();
        Start(1);
        Finish(_silos.First(silo => silo != victim), ExpectedOfKeys.Value);
    }

    [Fact]
    public void A_coordinator_that_is_killed_is_followed_by_its_tasks()
    {
        Begin(3);
        var coordinator = HolderOf("orders");
        _silos.First(silo => silo.Id == coordinator).Kill();
        _gate.Open();
        Finish(_silos.First(silo => silo.Id != coordinator));
    }

    [Fact]
    public void A_silo_that_was_frozen_does_no_harm_when_it_wakes()
    {
        Begin(3);
        var coordinator = HolderOf("orders");
        var victim = _silos.First(silo => silo.Id != coordinator && LeasesOf(silo.Id).Any(group => group.StartsWith("instance:", StringComparison.Ordinal)));
        var other = _silos.First(silo => silo != victim);
        victim.Signal("STOP");
        _gate.Open();
        for (var file = Files; file < 2 * Files; file++) Write(file);
        other.Await("orders", _ => other.Client.ClusterAsync(withLeases: true).Result.Leases.All(lease => lease.Silo != victim.Id));
        victim.Signal("CONT");
        Finish(other);
    }

    [Fact]
    public void A_silo_that_leaves_hands_its_tasks_over_at_a_barrier()
    {
        Begin(3);
        var coordinator = HolderOf("orders");
        var leaver = _silos.First(silo => silo.Id != coordinator);
        Assert.Equal(0, leaver.Terminate(_gate));
        Finish(_silos.First(silo => silo != leaver));
    }

    [Theory]
    [InlineData(PeerPaths.Groups)]
    [InlineData(PeerPaths.Exchange)]
    public async Task Nobody_without_the_secret_is_heard_as_a_task(string path)
    {
        Start(1, "--secret-file", SecretFile());
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version11 };
        foreach (var (secret, expected) in new[] { (null, HttpStatusCode.Unauthorized), ("wrong", HttpStatusCode.Unauthorized), (Secret, HttpStatusCode.BadRequest) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(_silos[0].Address), path)) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
            if (secret is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            using var response = await http.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    public void Dispose()
    {
        foreach (var silo in _silos) silo.Dispose();
        _redis.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private const string Secret = "a-secret-of-many-letters";

    private string SecretFile()
    {
        var path = Path.Combine(_root, "secret");
        File.WriteAllText(path, Secret);
        return path;
    }

    /// <summary>A cluster in the middle of the first dozen files.</summary>
    private PipelineStatus Begin(int silos)
    {
        for (var file = 0; file < Files; file++) Write(file);
        Start(silos);
        _silos[0].Do("submit", "p.yaml");
        return _silos[0].Await("orders", each => each.EpochsCommitted >= 1 && each.Tasks.Select(task => task.Silo).Distinct().Count() > 1);
    }

    /// <summary>Another dozen files come; in the end everything is in the table, once.</summary>
    private void Finish(SiloProcess silo, TableContents? expected = null)
    {
        for (var file = Files; file < 2 * Files; file++) Write(file);
        silo.Await("orders", each => each.Phase == "waiting" && each.Counts.RowsRead >= 2 * Files * Rows);
        Assert.Equal(2 * Files * Rows, silo.Client.StatusAsync("orders").Result.Counts.RowsRead);
        expected ??= Expected.Value;
        Assert.Equal(expected.Rows, Table.Rows);
        Assert.Equal(expected.Quarantine, Table.Quarantine);
        var ledger = DatameshProcess.Run(_root, "ledger", "p.yaml");
        Assert.True(ledger.ExitCode == 0, ledger.Output + ledger.Error);
    }

    private string? HolderOf(string group) => Cluster().Leases.First(lease => lease.Group == group).Silo;

    private List<string> LeasesOf(string silo) => [.. Cluster().Leases.Where(lease => lease.Silo == silo).Select(lease => lease.Group)];

    private ClusterStatus Cluster() => _silos.First(silo => silo.IsRunning).Client.ClusterAsync(withLeases: true).Result;

    private void Start(int count, params string[] options)
    {
        for (var i = 0; i < count; i++) _silos.Add(SiloProcess.Start(_root, _gate.Environment, ["--redis", _redis.Address, .. options]));
    }

    private void Write(int file)
    {
        var path = Path.Combine(_root, "in", $"{file:D2}.csv");
        if (File.Exists(path)) return;
        var random = new Random(file);
        var text = new StringBuilder("order_id,city,amount,note\n");
        for (var row = 0; row < Rows; row++)
            text.Append(CultureInfo.InvariantCulture, $"{file * 100_000 + row},{(random.Next(2) == 0 ? "Oslo" : "Rome")},{random.Next(1000)}.{random.Next(100):D2},a note that fills the file {random.Next(50)}\n");
        File.WriteAllText(path + ".part", text.ToString());
        File.Move(path + ".part", path);
    }
}
