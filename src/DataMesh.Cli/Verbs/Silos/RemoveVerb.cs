using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Silos;
using DataMesh.Client.Contract;

namespace DataMesh.Cli.Verbs.Silos;

/// <summary><c>datamesh remove</c>: makes a silo or cluster forget a pipeline.</summary>
internal static class RemoveVerb
{
    public static Command Create()
    {
        var name = SiloConnection.Pipeline();
        var stop = new Option<bool>("--stop") { Description = "End it at a barrier first, when it runs." };
        var command = new Command("remove", "Forget a pipeline that does not run: its versions, its state and its log. Its tables stay, with their accounts and quarantine.") { name, stop };
        var connection = new SiloConnection();
        return connection.Act(command, async (parsed, client) =>
        {
            var pipeline = parsed.GetValue(name)!;
            if (parsed.GetValue(stop))
            {
                // One that was never begun has no barrier to come to.
                if ((await client.AskAsync(pipeline, "stop")).Phase != "idle") await Waiting.UntilEndedAsync(client, pipeline);
            }

            var removed = await client.RemoveAsync(pipeline);
            if (parsed.GetValue(connection.Json)) ContractPrinter.Print(removed);
            else Tell(removed);
            return ExitCodes.Done;
        });
    }

    private static void Tell(RemovedPipeline removed)
    {
        Terminal.Line($"{Terminal.Bold(removed.Name)} is removed: its versions, its state and its log are gone.");
        foreach (var table in removed.Kept) Terminal.Line($"  {table} stays, with its account and its quarantine; submitted again, the pipeline goes on from there");
    }
}
