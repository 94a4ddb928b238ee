using System.CommandLine;
using System.Globalization;
using DataMesh.Cli.Output;
using DataMesh.Cli.Silos;
using DataMesh.Client.Contract;

namespace DataMesh.Cli.Verbs.Silos;

/// <summary><c>datamesh logs</c>: what happened to a pipeline.</summary>
internal static class LogsVerb
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var name = SiloConnection.Pipeline();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with lines as they come, until Ctrl-C." };
        var lines = new Option<int>("--lines", "-n") { Description = "The last lines to begin with.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var command = new Command("logs", "Show what happened to a pipeline: starts, epochs, failures, retries, what the sources showed.") { name, follow, lines };
        var connection = new SiloConnection();
        return connection.Act(command, async (parsed, client) =>
        {
            var pipeline = parsed.GetValue(name)!;
            var last = new Queue<LogLine>();
            var page = await client.LogAsync(pipeline);
            while (page.Lines.Count > 0)
            {
                foreach (var line in page.Lines)
                {
                    last.Enqueue(line);
                    if (last.Count > parsed.GetValue(lines)) last.Dequeue();
                }

                page = await client.LogAsync(pipeline, page.Next);
            }

            foreach (var line in last) Print(line, parsed.GetValue(connection.Json));
            while (parsed.GetValue(follow))
            {
                page = await client.LogAsync(pipeline, page.Next, wait: Wait);
                foreach (var line in page.Lines) Print(line, parsed.GetValue(connection.Json));
            }

            return ExitCodes.Done;
        });
    }

    private static void Print(LogLine line, bool asJson)
    {
        if (asJson)
        {
            ContractPrinter.PrintLine(line);
            return;
        }

        var level = line.Level switch { "error" => Terminal.Bad("error  "), "warning" => Terminal.Attention("warning"), _ => "info   " };
        Terminal.Line($"{Terminal.Dim(line.At.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture))}  {level}  {line.Message.ReplaceLineEndings("\n  ")}");
    }
}
