using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Sampling;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Graph;

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
        if (reading.Definition is not { } definition || !withData) return new Validation(file, reading.Problems);
        var problems = new PipelineProblems();
        foreach (var warning in reading.Problems) problems.Warning(warning.Message, warning.Location, warning.Detail, warning.Hint);
        await CheckAgainstDataAsync(definition, problems, cancellation);
        return new Validation(file, problems.All);
    }

    private static async Task CheckAgainstDataAsync(PipelineDefinition definition, PipelineProblems problems, CancellationToken cancellation)
    {
        var context = Composition.ContextOf(definition);
        List<Core.Components.DecodePlan> plans;
        try
        {
            plans = await SampleRun.DescribeAsync(definition, context, cancellation);
        }
        catch (DataMeshException missing)
        {
            problems.Warning($"The data was not looked at: {missing.Message}", missing.Location, missing.Detail, missing.Hint);
            return;
        }

        try
        {
            foreach (var stage in definition.Stages) await stage.Stage.PrepareAsync(context, cancellation);
            foreach (var sink in GraphBinder.Bind(definition, plans, context).Sinks)
                SuggestRenames(sink.Schema, definition.Sinks.First(node => node.Id == sink.Id), problems);
        }
        catch (DataMeshException error)
        {
            problems.Error(error, new Location(definition.File));
        }
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
