using System.Text.RegularExpressions;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.Cli.Sampling;

/// <summary>
/// Finds columns that a test names and that are not there: a value under a mistyped name is compared with nothing. In records whose members vary a sample
/// does not show every column, so that only a name that is nearly another one is taken for a slip.
/// </summary>
internal static class TestColumns
{
    /// <summary>Columns of the input rows that the source does not show and that nothing in the file speaks of.</summary>
    public static IEnumerable<PipelineProblem> UnknownInput(PipelineDefinition definition, PipelineTest test, Source source, Schema real)
    {
        List<string> names = [.. real.Names, .. source.DeclaredTypes.Keys, .. definition.Drift.Columns.Select(each => each.Key)];
        var text = new Lazy<string>(() => WithoutTests(definition.Text));
        foreach (var (name, place) in Unknown(test.Input, test.InputPlaces, names))
        {
            var at = place ?? test.Location;
            if (Speaks(text.Value, name)) continue;
            if (Nearest.Find(name, names) is { } near)
                yield return new PipelineProblem(ProblemSeverity.Error, $"The test '{test.Name}' has input for '{name}', a column that the source does not have.", at, null, $"did you mean '{near}'? Declare the column in 'types' of the source if it is another one");
            else
                yield return new PipelineProblem(ProblemSeverity.Warning, $"The test '{test.Name}' has input for '{name}', a column that the source does not show.", at, "It may stand in records that were not looked at.", Nearest.Hint(name, names));
        }
    }

    /// <summary>Columns of the expected rows that the rows of the sink do not have.</summary>
    public static IEnumerable<DataMeshException> UnknownOutput(PipelineTest test, Schema rows) =>
        Unknown(test.Output, test.OutputPlaces, [.. rows.Names])
            .Select(each => new DataMeshException($"The test '{test.Name}' expects '{each.Name}', a column that the rows do not have.", each.Place ?? test.Location, hint: Nearest.Hint(each.Name, [.. rows.Names])));

    private static IEnumerable<(string Name, Location? Place)> Unknown(
        IReadOnlyList<string> rows, IReadOnlyList<KeyValuePair<string, Location>> places, IReadOnlyCollection<string> known)
    {
        foreach (var name in JsonRows.InferSchema(rows).Names.Where(name => !known.Any(each => Covers(each, name))))
            yield return (name, places.Where(each => Covers(each.Key, name)).Select(each => (Location?)each.Value).FirstOrDefault());
    }

    /// <summary>Whether two names mean the same column, or one what is nested in the other.</summary>
    private static bool Covers(string one, string other) =>
        one.Equals(other, StringComparison.OrdinalIgnoreCase)
        || other.StartsWith(one + ".", StringComparison.OrdinalIgnoreCase) || one.StartsWith(other + ".", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a text has the name as a word.</summary>
    private static bool Speaks(string text, string name) =>
        Regex.IsMatch(text, $@"(?<![\w.]){Regex.Escape(name)}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>The pipeline file without its <c>tests</c>.</summary>
    private static string WithoutTests(string text)
    {
        var inTests = false;
        var kept = text.Split('\n').Where(line =>
        {
            if (line.Length > 0 && char.IsLetter(line[0])) inTests = line.StartsWith("tests:", StringComparison.Ordinal);
            return !inTests;
        });
        return string.Join('\n', kept);
    }
}
