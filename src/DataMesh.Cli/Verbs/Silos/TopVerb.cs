using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Silos;
using DataMesh.Client;
using DataMesh.Client.Contract;
using Spectre.Console;

namespace DataMesh.Cli.Verbs.Silos;

/// <summary><c>datamesh top</c>: silos and pipelines as they work, the busiest first.</summary>
internal static class TopVerb
{
    private const int PipelinesPrintedMax = 40;

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
            if (Terminal.IsLive && !asJson) await AnsiConsole.Live(new Text("")).StartAsync(live => LookAsync(client, interval, looks, (cluster, pipelines) => live.UpdateTarget(TopView.Draw(cluster, pipelines, Terminal.Width, Terminal.Height))));
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
            show(cluster, [.. pipelines.OrderByDescending(each => each.Counts.BytesPerSecond).ThenByDescending(each => each.Tasks.Count).ThenBy(each => each.Name, StringComparer.Ordinal)]);
            if (look == looks) return;
            await Task.Delay(interval);
        }
    }

    private static void Print(ClusterStatus cluster, List<PipelineStatus> pipelines, bool asJson)
    {
        if (asJson)
        {
            ContractPrinter.Print(new PipelineList([.. pipelines.Take(PipelinesPrintedMax)], null));
            return;
        }

        Terminal.Line(TopView.Head(cluster));
        PipelineTable.Of(pipelines.Take(PipelinesPrintedMax)).Print();
        Terminal.Line();
    }
}
