using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Silos;
using DataMesh.Client;
using DataMesh.Client.Contract;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DataMesh.Cli.Verbs.Silos;

/// <summary><c>datamesh top</c>: silos and pipelines as they work, the busiest first.</summary>
internal static class TopVerb
{
    private const int PipelinesShownMax = 40;

    public static Command Create()
    {
        var seconds = new Option<double>("--interval") { Description = "Seconds between two looks.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var count = new Option<int>("--count") { Description = "Looks before it ends; 0 goes on until Ctrl-C.", HelpName = "N" };
        seconds.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<double>() is < 0.1 or > 3600) given.AddError("--interval is between 0.1 and 3600 seconds.");
        });
        var connection = new SiloConnection();
        return connection.Act(new Command("top", "Watch silos and pipelines at work, the busiest first. Piped, it prints tables one after the other.") { seconds, count }, async (parsed, client) =>
        {
            var (interval, looks, asJson) = (TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(count), parsed.GetValue(connection.Json));
            if (Terminal.IsLive && !asJson) await AnsiConsole.Live(new Text("")).StartAsync(live => LookAsync(client, interval, looks, (cluster, pipelines) => live.UpdateTarget(Draw(cluster, pipelines))));
            else await LookAsync(client, interval, looks, (cluster, pipelines) => Print(cluster, pipelines, asJson));
            return ExitCodes.Done;
        });
    }

    private static async Task LookAsync(SiloClient client, TimeSpan interval, int looks, Action<ClusterStatus, List<PipelineStatus>> show)
    {
        for (var look = 1; ; look++)
        {
            var cluster = await client.ClusterAsync();
            var pipelines = new List<PipelineStatus>();
            await foreach (var pipeline in client.ListAllAsync()) pipelines.Add(pipeline);
            show(cluster, [.. pipelines.OrderByDescending(each => each.Counts.BytesPerSecond).ThenByDescending(each => each.Tasks.Count).ThenBy(each => each.Name, StringComparer.Ordinal).Take(PipelinesShownMax)]);
            if (look == looks) return;
            await Task.Delay(interval);
        }
    }

    private static void Print(ClusterStatus cluster, List<PipelineStatus> pipelines, bool asJson)
    {
        if (asJson)
        {
            ContractPrinter.Print(new PipelineList(pipelines, null));
            return;
        }

        Terminal.Line(Head(cluster));
        PipelineTable.Of(pipelines).Print();
        Terminal.Line();
    }

    private static string Head(ClusterStatus cluster) =>
        $"{DateTime.Now:HH:mm:ss}  {cluster.Name}: {cluster.Silos.Count} {(cluster.Silos.Count == 1 ? "silo" : "silos")}, {cluster.Silos.Sum(silo => silo.Runs)} runs, "
        + $"{Units.Bytes(cluster.Silos.Sum(silo => silo.BytesInFlight))} in flight, {Units.Bytes(cluster.Silos.Sum(silo => silo.MemoryBytes))} of memory";

    private static Rows Draw(ClusterStatus cluster, List<PipelineStatus> pipelines)
    {
        var lines = new List<IRenderable> { new Markup($"[bold]{Markup.Escape(Head(cluster))}[/]") };
        foreach (var silo in cluster.Silos)
        {
            var colour = silo.State switch { "active" => "green", "leaving" => "yellow", _ => "red" };
            lines.Add(new Markup($"  {Markup.Escape(silo.Id)} [{colour}]{silo.State}[/] {Markup.Escape(silo.Address)}  {silo.Runs} runs, {silo.GrainsActive} grains, {Units.Bytes(silo.MemoryBytes)}"));
        }

        var table = new Table().Border(TableBorder.None);
        foreach (var header in PipelineTable.Headers) table.AddColumn(new TableColumn($"[bold]{header}[/]"));
        foreach (var pipeline in pipelines)
        {
            var cells = PipelineTable.Cells(pipeline);
            var colour = pipeline.Phase switch { "failed" => "red", "pausing" => "yellow", "running" => "green", _ => "default" };
            table.AddRow([new Text(cells[0]), new Markup($"[{colour}]{Markup.Escape(cells[1])}[/]"), .. cells.Skip(2).Select(cell => new Text(cell))]);
        }

        lines.Add(table);
        return new Rows(lines);
    }
}
