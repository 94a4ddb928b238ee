using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Sampling;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh test</c>: runs the tests inside a pipeline file through its stages.</summary>
internal static class TestVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var json = CommonOptions.Json();
        var command = new Command("test", "Run the tests inside a pipeline file: input rows through all stages, compared with the output rows.") { file, json };
        command.Act(async (parsed, cancellation) =>
        {
            var definition = PipelineLoading.Load(parsed.GetValue(file)!);
            var results = new List<Outcome>();
            var seen = definition.Tests.Count == 0 ? null : await SeenAsync(definition, cancellation);
            foreach (var test in definition.Tests) results.Add(await RunAsync(definition, test, seen, cancellation));
            if (parsed.GetValue(json)) PrintJson(results);
            else Print(definition, results);
            return results.TrueForAll(result => result.Differences.Count == 0) ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    /// <summary>The columns as the next run would read them; null before the first run, or where targets or data can not be looked at.</summary>
    private static async Task<RunPreview?> SeenAsync(PipelineDefinition definition, CancellationToken cancellation)
    {
        try
        {
            return await RunPreview.FindAsync(definition, cancellation);
        }
        catch (DataMeshException)
        {
            return null;
        }
    }

    private static async Task<Outcome> RunAsync(PipelineDefinition definition, PipelineTest test, RunPreview? seen, CancellationToken cancellation)
    {
        try
        {
            var context = Composition.ContextOf(definition);
            var sources = new List<SourceNode>();
            var unknown = new List<PipelineProblem>();
            var tested = test.Source ?? definition.Sources[0].Id;
            foreach (var node in definition.Sources)
            {
                var rows = node.Id == tested ? test.Input : [];
                var real = seen?.PlansOf(definition with { Sources = [node] })[0].Schema ?? await TestSchema.RealAsync(node.Source, context, cancellation);
                if (node.Id == tested && real is not null) unknown = [.. TestColumns.UnknownInput(definition, test, node.Source, real)];
                sources.Add(node with { Source = new RowsSource(rows, TestSchema.Of(real, rows)) });
            }

            if (unknown.Exists(each => each.Severity == ProblemSeverity.Error)) return new Outcome(test, [.. unknown.SelectMany(each => each.Render().Split('\n'))]);
            using var result = await new SampleRun(Cutout.WithSources(definition, sources), context, cancellation).RunAsync();
            return new Outcome(test, [.. Compare(definition, test, result)]) { Warnings = unknown };
        }
        catch (DataMeshException error)
        {
            return new Outcome(test, error.Render().Split('\n'));
        }
    }

    private static IEnumerable<string> Compare(PipelineDefinition definition, PipelineTest test, SampleResult result)
    {
        if (test.Quarantined is { } expected && expected != result.Quarantine.Count)
        {
            yield return $"quarantined: expected {expected}, found {result.Quarantine.Count}";
            foreach (var bad in result.Quarantine.Records.Take(5)) yield return $"  set aside: {bad.Reason}{(bad.Rule is null ? "" : $" ({bad.Rule})")}{(bad.Detail is null ? "" : $": {bad.Detail}")}";
        }

        if (!test.ChecksOutput) yield break;
        var sink = test.Sink ?? definition.Sinks[0].Id;
        foreach (var line in TestColumns.UnknownOutput(test, result.Graph.Sinks.First(each => each.Id == sink).Schema).SelectMany(each => each.Render().Split('\n'))) yield return line;
        var rows = result.Sinks[sink].Batches.SelectMany(JsonRows.Write).ToList();
        if (rows.Count != test.Output.Count) yield return $"rows: expected {test.Output.Count}, found {rows.Count}";
        for (var i = 0; i < Math.Max(rows.Count, test.Output.Count); i++)
        {
            if (i >= rows.Count) yield return $"row {i + 1} is missing: {test.Output[i]}";
            else if (i >= test.Output.Count) yield return $"row {i + 1} is too many: {rows[i]}";
            else foreach (var difference in JsonRowComparer.Differences(test.Output[i], rows[i], namedOnly: true)) yield return $"row {i + 1}, {difference}";
        }
    }

    private static void Print(PipelineDefinition definition, List<Outcome> results)
    {
        foreach (var result in results)
        {
            var passed = result.Differences.Count == 0;
            Terminal.Line($"{(passed ? Terminal.Good("pass") : Terminal.Bad("FAIL"))}  {result.Test.Name}{(passed ? "" : $"  ({result.Test.Location})")}");
            foreach (var difference in result.Differences) Terminal.Line($"      {difference}");
            foreach (var warning in result.Warnings) Terminal.Problem(warning);
        }

        var failed = results.Count(result => result.Differences.Count > 0);
        Terminal.Line(results.Count == 0
            ? $"{definition.Name} has no tests; write some under 'tests:'."
            : $"{results.Count - failed} of {results.Count} tests passed.");
    }

    private static void PrintJson(List<Outcome> results) => JsonPrinter.Print(new
    {
        Passed = results.Count(result => result.Differences.Count == 0),
        Failed = results.Count(result => result.Differences.Count > 0),
        Tests = results.Select(result => new
        {
            result.Test.Name,
            result.Test.Location.Line,
            Passed = result.Differences.Count == 0,
            result.Differences,
            Warnings = result.Warnings.Select(warning => warning.Render()),
        }),
    });

    private sealed record Outcome(PipelineTest Test, IReadOnlyList<string> Differences)
    {
        public IReadOnlyList<PipelineProblem> Warnings { get; init; } = [];
    }
}
