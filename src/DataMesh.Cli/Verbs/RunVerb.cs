using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Runs;
using DataMesh.Core;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Hosting.Embedded;
using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh run</c>: runs a pipeline inside this process.</summary>
internal static class RunVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var cores = new Option<int>("--cores") { Description = "Cores to use; 0 takes all.", HelpName = "N" };
        cores.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < 0) given.AddError("--cores can not be below 0: write how many cores to use, or 0 for all.");
        });
        var state = new Option<string?>("--state") { Description = "Folder for the state between runs; without it: .datamesh beside the pipeline file.", HelpName = "FOLDER" };
        var once = new Option<bool>("--once") { Description = "Read what is there and end, whatever the pipeline's trigger says." };
        var rebuild = new Option<bool>("--rebuild") { Description = "Read everything again and replace the rows of every target in one commit." };
        var dry = new Option<bool>("--dry-run") { Description = "Do everything but write: show what would be written and set aside, and commit nothing." };
        var epochBytes = new Option<string?>("--epoch-bytes") { Description = "Commit after this much input, such as 256MB; without it: what the pipeline file says, else 1GB.", HelpName = "SIZE" };
        var epochTime = new Option<string?>("--epoch-time") { Description = "Commit after this time, such as 30s; without it: what the pipeline file says, else 1m.", HelpName = "TIME" };
        var tasks = new Option<int?>("--parallelism") { Description = "Tasks that read side by side; without it: what the pipeline file says, else 1.", HelpName = "N" };
        tasks.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int?>() is < 1 or > Limits.ParallelismMax) given.AddError($"--parallelism is a number of tasks from 1 to {Limits.ParallelismMax}.");
        });
        var strict = new Option<bool>("--strict") { Description = $"Exit with {ExitCodes.Quarantined} when records were set aside." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Show no progress." };
        var patience = new Option<string>("--stop-within") { Description = "Time after Ctrl-C or SIGTERM in which a barrier must come; then the run ends without it.", HelpName = "TIME", DefaultValueFactory = _ => "60s" };
        var json = CommonOptions.Json();
        var command = new Command("run", "Run a pipeline: from its sources into its datasets. Ctrl-C stops at the next barrier; what was read until then is committed.")
        {
            file, cores, tasks, state, once, rebuild, dry, epochBytes, epochTime, strict, quiet, patience, json,
        };
        command.Act(async (parsed, _) =>
        {
            var definition = PipelineLoading.Load(parsed.GetValue(file)!);
            definition = definition with { Epoch = definition.Epoch.With(parsed.GetValue(epochBytes), parsed.GetValue(epochTime)) };
            var options = new RunOptions
            {
                Cores = parsed.GetValue(cores),
                Parallelism = parsed.GetValue(tasks),
                StateFolder = parsed.GetValue(state),
                Rebuild = parsed.GetValue(rebuild),
                DryRun = parsed.GetValue(dry),
                Once = parsed.GetValue(once) || parsed.GetValue(dry),
            };
            using var stop = new StopSignal(PatienceOf(parsed.GetValue(patience)!));
            IRunDisplay display = parsed.GetValue(quiet) ? new NoDisplay() : parsed.GetValue(json) || !Terminal.IsLive ? new LineDisplay() : new LiveDisplay(definition.Name);
            var result = await display.ShowAsync(progress => EmbeddedHost.RunAsync(definition, options, progress, stop.Token));
            if (parsed.GetValue(json)) RunReport.PrintJson(result);
            else RunReport.Print(result);
            if (result is { Outcome: RunOutcome.Failed, Error: { } error } && parsed.GetValue(CommonOptions.Verbose)) Console.Error.WriteLine(error);
            var code = CodeOf(result, parsed.GetValue(strict));
            // A pipeline that goes on forever ends by being stopped: that is no failure.
            return code == ExitCodes.Stopped && definition.Trigger.Repeats && !options.Once ? ExitCodes.Done : code;
        });
        return command;
    }

    private static TimeSpan PatienceOf(string text) =>
        OptionText.TryDuration(text, out var time) && time > TimeSpan.Zero && time < TimeSpan.FromDays(1)
            ? time
            : throw new DataMeshException($"'{text}' is no time to wait for.", hint: "for example 500ms, 30s or 5m");

    private static int CodeOf(RunResult result, bool isStrict) => result.Outcome switch
    {
        RunOutcome.Failed => result.SetTooManyAside ? ExitCodes.TooManySetAside : ExitCodes.Failed,
        RunOutcome.Stopped => ExitCodes.Stopped,
        _ => isStrict && result.Quarantine.Values.Sum() > 0 ? ExitCodes.Quarantined : ExitCodes.Done,
    };
}
