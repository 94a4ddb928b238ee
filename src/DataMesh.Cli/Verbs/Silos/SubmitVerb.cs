using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Silos;
using DataMesh.Client.Contract;
using DataMesh.Core.Errors;

namespace DataMesh.Cli.Verbs.Silos;

/// <summary><c>datamesh submit</c>: gives a pipeline to a silo.</summary>
internal static class SubmitVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var parallelism = new Option<int?>("--parallelism") { Description = "Tasks to divide it into; without it: what the pipeline file says.", HelpName = "N" };
        var paused = new Option<bool>("--paused") { Description = "Keep it paused until 'datamesh resume'." };
        var replace = new Option<bool>("--replace") { Description = "Take the place of a pipeline of the same name that came from another folder." };
        var wait = Waiting.Option("Return when it has ended, with exit code 1 when it failed.");
        var command = new Command("submit", "Give a pipeline, or a new version of it, to a silo, which runs it. A running pipeline changes at its next barrier.") { file, parallelism, paused, replace, wait };
        var connection = new SiloConnection();
        return connection.Act(command, async (parsed, client) =>
        {
            var path = Path.GetFullPath(parsed.GetValue(file)!);
            if (!File.Exists(path)) throw new DataMeshException($"There is no file '{parsed.GetValue(file)}'.", hint: "name a pipeline file; 'datamesh init DATAFILE' writes one");
            var status = await client.SubmitAsync(new SubmitRequest(
                await File.ReadAllTextAsync(path), Path.GetDirectoryName(path)!, Path.GetFileName(path), parsed.GetValue(parallelism), parsed.GetValue(paused), parsed.GetValue(replace)));
            if (parsed.GetValue(wait)) status = await Waiting.UntilEndedAsync(client, status.Name);
            if (parsed.GetValue(connection.Json)) ContractPrinter.Print(status);
            else if (parsed.GetValue(wait)) StatusText.Print(status);
            else Terminal.Line($"{Terminal.Bold(status.Name)}: version {status.NewestVersion} is submitted, {StatusText.Phase(status)}; see 'datamesh status {status.Name}'");
            return parsed.GetValue(wait) && status.Phase == "failed" ? ExitCodes.Failed : ExitCodes.Done;
        });
    }
}
