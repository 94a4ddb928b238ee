using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Cli.Verbs.Quarantines;

/// <summary><c>datamesh quarantine discard</c>: gives records up.</summary>
internal static class QuarantineDiscardVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var yes = new Option<bool>("--yes") { Description = "Do it. Without it, only the number of records is shown." };
        var state = QuarantineReplayVerb.StateOption();
        var json = CommonOptions.Json();
        var command = new Command("discard", "Give up records that were set aside: they stay on disk and no longer wait.") { file, yes, state, json };
        var filter = new FilterOptions(command, withState: false);
        command.Act(async (parsed, cancellation) =>
        {
            var definition = PipelineLoading.Load(parsed.GetValue(file)!);
            var wanted = filter.Read(parsed);
            if (parsed.GetValue(yes)) return await QuarantineReplayVerb.RunAsync(definition, new SettleRequest(wanted, IsReplay: false), parsed.GetValue(state), parsed.GetValue(json));
            var parts = await QuarantineView.OpenAsync(definition, cancellation);
            var count = parts.Read(wanted).LongCount();
            if (count == 0)
            {
                Terminal.Line("No waiting record is meant.");
                return ExitCodes.Done;
            }

            throw new DataMeshException($"{TextTable.Number(count)} waiting records would be discarded.", hint: "look at them with 'quarantine show', then say --yes");
        });
        return command;
    }
}
