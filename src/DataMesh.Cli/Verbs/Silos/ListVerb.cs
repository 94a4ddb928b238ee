using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Silos;
using DataMesh.Client.Contract;

namespace DataMesh.Cli.Verbs.Silos;

/// <summary><c>datamesh list</c>: the pipelines of a silo or cluster.</summary>
internal static class ListVerb
{
    public static Command Create()
    {
        var connection = new SiloConnection();
        return connection.Act(new Command("list", "List the pipelines of a silo or cluster."), async (parsed, client) =>
        {
            var all = new List<PipelineStatus>();
            await foreach (var pipeline in client.ListAllAsync()) all.Add(pipeline);
            if (parsed.GetValue(connection.Json)) ContractPrinter.Print(new PipelineList(all, null));
            else if (all.Count == 0) Terminal.Line("No pipelines yet: 'datamesh submit FILE' brings one.");
            else PipelineTable.Of(all).Print();
            return ExitCodes.Done;
        });
    }
}
