using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Sampling;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Graph;
using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh validate</c>: finds everything that is wrong with pipeline files.</summary>
internal static class ValidateVerb
{
    private const string CharactersThatNeedMapping = " ,;{}()\n\t=";

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Pipeline files (YAML).", Arity = ArgumentArity.OneOrMore };
        var noData = new Option<bool>("--no-data") { Description = "Check the file alone, not against the data it names." };
        var json = CommonOptions.Json();
        var command = new Command("validate", "Check pipeline files and tell every mistake with its place and the nearest valid word.") { files, noData, json };
        command.Act(async (parsed, cancellation) =>
        {
            var results = new List<Validation>();
            foreach (var file in parsed.GetValue(files)!) results.Add(await CheckAsync(file, !parsed.GetValue(noData), cancellation));
            if (parsed.GetValue(json)) PrintJson(results);
            else Print(results);
            return results.TrueForAll(result => result.IsValid) ? ExitCodes.Done : ExitCodes.Invalid;
        });
        return command;
    }

    private static async Task<Validation> CheckAsync(string file, bool withData, CancellationToken cancellation)
    {
        var reading = PipelineReader.TryRead(file, Composition.Catalog);
        var problems = new PipelineProblems();
        foreach (var problem in reading.Problems) problems.Add(problem);
        if (reading.Draft is { } draft) await CheckStagesAsync(draft, reading.Broken, withData, problems, cancellation);
        return new Validation(file, problems.All);
    }

    private static async Task CheckStagesAsync(
        PipelineDefinition draft, IReadOnlySet<string> broken, bool withData, PipelineProblems problems, CancellationToken cancellation)
    {
        var context = Composition.ContextOf(draft);
        var unbound = broken.ToHashSet();
        var agree = CheckSinks(draft, broken, context, problems);
        var (plans, whole) = withData ? await LookAsync(draft, unbound, agree, context, problems, cancellation) : (null, draft);
        foreach (var error in BindingCheck.Run(draft, plans, context, unbound)) problems.Error(error, new Location(draft.File));
        CheckWhole(draft, whole, plans, context, problems);
        if (plans is not null) WarnOfDriftColumns(draft, plans, problems);
        if (plans is not null) CheckTestInput(draft, plans, problems);
        if (plans is null || problems.HasErrors) return;
        foreach (var test in draft.Tests) CheckTestOutput(draft, test, plans, context, problems);
        foreach (var sink in GraphBinder.Bind(draft, plans, context).Sinks)
            SuggestRenames(sink.Schema, draft.Sinks.First(node => node.Id == sink.Id), problems);
    }

    private static void CheckTestInput(PipelineDefinition draft, IReadOnlyList<DecodePlan> plans, PipelineProblems problems)
    {
        foreach (var test in draft.Tests)
        {
            if (SourceOf(draft, test) is not (>= 0 and var at)) continue;
            foreach (var problem in TestColumns.UnknownInput(draft, test, draft.Sources[at].Source, plans[at].Schema)) problems.Add(problem);
        }
    }

    /// <summary>Looks for the columns that a test expects among those that its own input gives.</summary>
    private static void CheckTestOutput(PipelineDefinition draft, PipelineTest test, IReadOnlyList<DecodePlan> plans, ComponentContext context, PipelineProblems problems)
    {
        if (SourceOf(draft, test) is not (>= 0 and var at)) return;
        try
        {
            var given = plans.Select((plan, i) => new DecodePlan(TestSchema.Of(plan.Schema, i == at ? test.Input : []), Widening: true)).ToList();
            var sink = GraphBinder.Bind(draft, given, context).Sinks.First(sink => sink.Id == (test.Sink ?? draft.Sinks[0].Id));
            foreach (var error in TestColumns.UnknownOutput(test, sink.Schema)) problems.Error(error);
        }
        catch (DataMeshException error)
        {
            problems.Error(error, test.Location);
        }
    }

    private static int SourceOf(PipelineDefinition draft, PipelineTest test) =>
        test.Source is { } id ? draft.Sources.ToList().FindIndex(node => node.Id == id) : 0;

    /// <summary>Whether the sinks whose options are right go together.</summary>
    private static bool CheckSinks(PipelineDefinition draft, IReadOnlySet<string> broken, ComponentContext context, PipelineProblems problems)
    {
        var sound = draft with { Sinks = [.. draft.Sinks.Where(node => !broken.Contains(node.Id))] };
        var wrong = SinkRules.Find(sound, context, draft.Trigger.Repeats);
        foreach (var error in wrong) problems.Error(error, new Location(draft.File));
        return wrong.Count == 0 && sound.Sinks.Count > 0 && sound.Sinks.Count == draft.Sinks.Count;
    }

    /// <summary>The stages that a run puts before its sinks.</summary>
    private static void CheckWhole(PipelineDefinition draft, PipelineDefinition seen, IReadOnlyList<DecodePlan>? plans, ComponentContext context, PipelineProblems problems)
    {
        try
        {
            var whole = ReferenceEquals(seen, draft) ? Upserting.Insert(draft) : seen;
            if (plans is not null && !problems.HasErrors && !ReferenceEquals(whole, draft)) GraphBinder.Bind(whole, plans, context);
        }
        catch (DataMeshException error)
        {
            problems.Error(error, new Location(draft.File));
        }
    }

    /// <summary>
    /// Looks at the data, and at the targets as the next run would; null when there are none to look at. Stages that can not be prepared are added to
    /// <paramref name="broken"/>.
    /// </summary>
    private static async Task<(IReadOnlyList<DecodePlan>? Plans, PipelineDefinition Whole)> LookAsync(
        PipelineDefinition draft, HashSet<string> broken, bool withTargets, ComponentContext context, PipelineProblems problems, CancellationToken cancellation)
    {
        foreach (var stage in draft.Stages.Where(stage => !broken.Contains(stage.Id)))
        {
            try
            {
                await stage.Stage.PrepareAsync(context, cancellation);
            }
            catch (DataMeshException error)
            {
                problems.Error(error, stage.Location);
                broken.Add(stage.Id);
            }
        }

        if (draft.Sources.Count == 0 || draft.Sources.Any(source => broken.Contains(source.Id))) return (null, draft);
        try
        {
            if (withTargets && await RunPreview.FindAsync(draft, cancellation) is { } preview) return (preview.Plans, preview.Whole);
            return (await SampleRun.DescribeAsync(draft, context, cancellation), draft);
        }
        catch (DataMeshException wrong) when (IsMistakeIn(draft.File, wrong))
        {
            problems.Error(wrong);
            return (null, draft);
        }
        catch (DataMeshException missing)
        {
            problems.Warning($"The data was not looked at: {missing.Message}", missing.Location, missing.Detail, missing.Hint);
            return (null, draft);
        }
    }

    /// <summary>An error that knew its place in the pipeline file by itself is about what is written there; one that only got the source's place is about the data.</summary>
    private static bool IsMistakeIn(string file, DataMeshException error) =>
        error.Location is { Line: > 0 } place && Path.GetFullPath(place.File) == file && error.InnerException is not DataMeshException { Location: null };

    /// <summary>A rule for a column that no source has may be meant for one that is still to come: worth a look, no error.</summary>
    private static void WarnOfDriftColumns(PipelineDefinition draft, IReadOnlyList<DecodePlan> plans, PipelineProblems problems)
    {
        var names = plans.SelectMany(plan => plan.Schema.Names).ToList();
        foreach (var entry in draft.Drift.Columns.Where(entry => !names.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)))
            problems.Warning($"'drift.columns' has a rule for '{entry.Key}', a column that the sources do not have now.", entry.Location, hint: Core.Errors.Nearest.Hint(entry.Key, names));
    }

    private static void SuggestRenames(Schema schema, SinkNode sink, PipelineProblems problems)
    {
        if (sink.Type != "dataset") return;
        var awkward = schema.Names.Where(name => name.AsSpan().ContainsAny(CharactersThatNeedMapping)).ToList();
        if (awkward.Count == 0) return;
        problems.Warning(
            $"{awkward.Count} column names of '{sink.Id}' need column mapping, which old readers of Delta tables lack: {string.Join(", ", awkward.Take(5).Select(name => $"'{name}'"))}{(awkward.Count > 5 ? ", …" : "")}.",
            sink.Location,
            hint: $"add a stage such as 'rename: {{ {YamlText.Quote(awkward[0])}: {ColumnNames.Tidy(awkward[0])} }}'");
    }

    private static void Print(List<Validation> results)
    {
        foreach (var result in results)
        {
            foreach (var problem in result.Problems) Terminal.Problem(problem);
            if (result.IsValid) Terminal.Line($"{result.File}: {Terminal.Good("valid")}");
        }
    }

    private static void PrintJson(List<Validation> results) => JsonPrinter.Print(new
    {
        Valid = results.TrueForAll(result => result.IsValid),
        Files = results.Select(result => new
        {
            result.File,
            Valid = result.IsValid,
            Problems = result.Problems.Select(problem => new
            {
                problem.Severity,
                problem.Message,
                problem.Location?.Line,
                problem.Location?.Column,
                problem.Detail,
                problem.Hint,
            }),
        }),
    });

    private sealed record Validation(string File, IReadOnlyList<PipelineProblem> Problems)
    {
        public bool IsValid => Problems.All(problem => problem.Severity != ProblemSeverity.Error);
    }
}
