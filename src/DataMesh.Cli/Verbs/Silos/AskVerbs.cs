using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Silos;
using DataMesh.Client.Contract;

namespace DataMesh.Cli.Verbs.Silos;

/// <summary><c>datamesh status | pause | resume | stop | restart | scale</c>: one pipeline, looked at or asked something of.</summary>
internal static class AskVerbs
{
    public static Command Create(string verb) => verb switch
    {
        "status" => Status(),
        "pause" => Ask(verb, "Bring a pipeline to a barrier and keep it there: what it has read until then is committed.", canWait: true),
        "resume" => Ask(verb, "Let a paused pipeline go on from where it stood."),
        "stop" => Ask(verb, "End a pipeline at a barrier: what it has read until then is committed. 'restart' runs it again from there.", canWait: true),
        "restart" => Ask(verb, "Begin a new run of a pipeline, after a barrier when one is going on. It goes on from what is committed."),
        "scale" => Scale(),
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "There is no such verb."),
    };

    private static Command Status()
    {
        var name = SiloConnection.Pipeline();
        var connection = new SiloConnection();
        return connection.Act(new Command("status", "Show where a pipeline stands: its phase, counts of every stage, what is left to read, its tasks and where they run.") { name }, async (parsed, client) =>
        {
            var status = await client.StatusAsync(parsed.GetValue(name)!);
            if (parsed.GetValue(connection.Json)) ContractPrinter.Print(status);
            else StatusText.Print(status);
            return ExitCodes.Done;
        });
    }

    private static Command Ask(string verb, string description, bool canWait = false)
    {
        var name = SiloConnection.Pipeline();
        var wait = Waiting.Option("Return when it stands at the barrier.");
        var command = new Command(verb, description) { name };
        if (canWait) command.Add(wait);
        var connection = new SiloConnection();
        return connection.Act(command, async (parsed, client) =>
        {
            var status = await client.AskAsync(parsed.GetValue(name)!, verb);
            return Tell(parsed, connection, canWait && parsed.GetValue(wait) ? await Waiting.UntilEndedAsync(client, status.Name) : status);
        });
    }

    private static Command Scale()
    {
        var name = SiloConnection.Pipeline();
        var tasks = new Argument<int>("TASKS") { Description = "How many tasks." };
        var connection = new SiloConnection();
        return connection.Act(new Command("scale", "Divide a pipeline into another number of tasks, at its next barrier.") { name, tasks }, async (parsed, client) =>
            Tell(parsed, connection, await client.ScaleAsync(parsed.GetValue(name)!, parsed.GetValue(tasks))));
    }

    private static int Tell(ParseResult parsed, SiloConnection connection, PipelineStatus status)
    {
        if (parsed.GetValue(connection.Json)) ContractPrinter.Print(status);
        else Terminal.Line(StatusText.Line(status));
        return ExitCodes.Done;
    }
}
