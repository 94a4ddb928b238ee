using System.Globalization;
using System.Text;
using DataMesh.Cli.Tests.Crash;
using DataMesh.Hosting.Redis.Tests;

namespace DataMesh.Cli.Tests.Silos;

/// <summary>A record that ends every process that reads it: real processes, with a stage that only tests have.</summary>
public sealed class PoisonTests : IDisposable
{
    private const int Rows = 2_000;
    private const int Bad = 1_234;
    private const string Yaml = """
        pipeline: orders
        source: in/*.csv
        parallelism: 2
        quarantine: { poisoned_after: 1 }
        stages:
          - die: boom
        dataset: { name: all, path: lake/all }

        """;

    private static readonly (string, string)[] Hook = [("DOTNET_STARTUP_HOOKS", Path.Combine(AppContext.BaseDirectory, "DataMesh.TestHook.dll"))];
    private readonly string _root = Directory.CreateTempSubdirectory("datamesh-poison-").FullName;

    public PoisonTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "in"));
        File.WriteAllText(Path.Combine(_root, "p.yaml"), Yaml);
        for (var file = 0; file < 2; file++)
        {
            var text = new StringBuilder("id,city,note\n");
            for (var row = 0; row < Rows; row++) text.Append(CultureInfo.InvariantCulture, $"{file * Rows + row},{(row % 2 == 0 ? "Oslo" : "Rome")},{(file == 1 && row == Bad ? "boom" : "fine")}\n");
            File.WriteAllText(Path.Combine(_root, "in", $"{file}.csv"), text.ToString());
        }
    }

    [Fact]
    public void A_run_that_is_begun_again_and_again_gets_by_a_record_that_ends_the_process()
    {
        var deaths = 0;
        for (; DatameshProcess.Run(_root, Hook, "run", "p.yaml") is { ExitCode: not 0 } died; deaths++)
            Assert.True(deaths < 12 && died.ExitCode == 137, $"{died.ExitCode} after {deaths} deaths: {died.Output}{died.Error}");
        AssertSetAside(deaths);
    }

    [Fact]
    public void A_cluster_gets_by_it_while_silos_are_started_in_place_of_those_that_ended()
    {
        using var redis = new RedisServer();
        string[] options = ["--redis", redis.Address];
        var deaths = 0;
        using (var first = SiloProcess.Start(_root, Hook, options))
        {
            first.Do("submit", "p.yaml", "--paused");
            // The silo may end before it has answered.
            first.Ask("resume", "orders");
            first.AwaitEnd();
        }

        for (deaths++; !IsDone(); deaths++) Assert.True(deaths < 12, $"{deaths} deaths");
        AssertSetAside(deaths);

        bool IsDone()
        {
            using var silo = SiloProcess.Start(_root, Hook, options);
            return silo.AwaitEndOr("orders", "done");
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void AssertSetAside(int deaths)
    {
        var table = TableContents.Read(Path.Combine(_root, "lake/all"));
        Assert.Equal(2 * Rows - 1, table.Rows.Distinct().Count());
        var record = Assert.Single(table.Quarantine);
        Assert.Contains("\"reason\":\"poisoned\"", record, StringComparison.Ordinal);
        Assert.Contains($"{deaths} processes ended before it was found", record, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Rows + Bad},Oslo,boom")), record, StringComparison.Ordinal);
        var ledger = DatameshProcess.Run(_root, Hook, "ledger", "p.yaml", "--recount");
        Assert.True(ledger.ExitCode == 0, ledger.Output + ledger.Error);
    }
}
