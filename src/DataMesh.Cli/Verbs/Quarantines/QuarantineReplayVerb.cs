using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Runs;
using DataMesh.Core.Pipelines;
using DataMesh.Hosting.Embedded;
using DataMesh.Runtime.Quarantine;
using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Verbs.Quarantines;

/// <summary><c>datamesh quarantine replay</c>: takes records through the pipeline as it is now.</summary>
internal static class QuarantineReplayVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var state = StateOption();
        var json = CommonOptions.Json();
        var command = new Command("replay", "Take records that were set aside through the pipeline as it is now, exactly once. What fails again is set aside again.") { file, state, json };
        var filter = new FilterOptions(command, withState: false);
        command.Act((parsed, _) => RunAsync(PipelineLoading.Load(parsed.GetValue(file)!), new SettleRequest(filter.Read(parsed), IsReplay: true), parsed.GetValue(state), parsed.GetValue(json)));
        return command;
    }

    /// <summary>The folder of the state between runs, as for <c>run</c>.</summary>
    public static Option<string?> StateOption() =>
        new("--state") { Description = "Folder for the state between runs; without it: .datamesh beside the pipeline file.", HelpName = "FOLDER" };

    /// <summary>Runs the epoch and prints its account.</summary>
    public static async Task<int> RunAsync(PipelineDefinition definition, SettleRequest request, string? stateFolder, bool json)
    {
        using var stop = new StopSignal(TimeSpan.FromSeconds(60));
        var told = new LatestProgress(Console.Error.WriteLine);
        var result = await EmbeddedHost.RunAsync(definition, new RunOptions { Settle = request, StateFolder = stateFolder }, told, stop.Token);
        told.TellRest(result);
        if (json) PrintJson(result, request.IsReplay);
        else Print(result, request.IsReplay);
        return result.Outcome switch
        {
            RunOutcome.Failed => ExitCodes.Failed,
            RunOutcome.Stopped => ExitCodes.Stopped,
            _ => ExitCodes.Done,
        };
    }

    private static void Print(RunResult result, bool isReplay)
    {
        if (result.Outcome is RunOutcome.Failed or RunOutcome.Stopped)
        {
            Terminal.Error(result.Error is Core.Errors.DataMeshException error ? $"error: {error.Render()}" : "stopped");
            Terminal.Error("  nothing was settled: the records wait as before");
            return;
        }

        var settled = result.Settled?.Records ?? 0;
        var verb = isReplay ? "replayed" : "discarded";
        Terminal.Line(settled == 0 ? $"{Terminal.Bold(result.Pipeline)}: no waiting record was {verb}" : $"{Terminal.Bold(result.Pipeline)}: {TextTable.Number(settled)} records {verb}");
        if (settled > 0 && isReplay)
        {
            LedgerTable.Print([.. result.Stages.Where(stage => stage.In + stage.Created + stage.Out > 0)]);
            if (result.Quarantine.Values.Sum() is > 0 and var again) Terminal.Line(Terminal.Attention($"{TextTable.Number(again)} were set aside again"));
        }

        foreach (var (why, count) in result.Settled?.LeftOut ?? new Dictionary<string, long>())
            Terminal.Line(Terminal.Attention($"{TextTable.Number(count)} stay in quarantine: {why}"));
    }

    private static void PrintJson(RunResult result, bool isReplay) => JsonPrinter.Print(new
    {
        result.Pipeline,
        result.Outcome,
        Replayed = isReplay ? result.Settled?.Records ?? 0 : 0,
        Discarded = isReplay ? 0 : result.Settled?.Records ?? 0,
        LeftOut = (result.Settled?.LeftOut ?? new Dictionary<string, long>()).Select(each => new { Why = each.Key, Records = each.Value }),
        Stages = result.Stages,
        SetAsideAgain = result.Quarantine.Values.Sum(),
        result.Messages,
        Error = (result.Error as Core.Errors.DataMeshException)?.Render() ?? result.Error?.Message,
    });
}
