using System.Globalization;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Pipelines;

/// <summary>Reads the <c>tests:</c> of a pipeline file.</summary>
internal sealed class TestReader(IReadOnlyList<string> sources, IReadOnlyList<string> sinks, PipelineProblems problems)
{
    private static readonly string[] Keys = ["name", "input", "output", "quarantined", "source", "sink"];

    public List<PipelineTest> Read(SpecEntry tests)
    {
        var read = new List<PipelineTest>();
        if (tests.Value is not SpecList list)
        {
            problems.Error($"'tests' must be a list, not {tests.Value.What}.", tests.Value.Location, hint: "begin each test with '- name: '");
            return read;
        }

        foreach (var item in list.Items)
        {
            if (item is SpecMap map) read.Add(ReadTest(map, read.Count + 1));
            else problems.Error($"A test is a mapping with {string.Join(", ", Keys)}, not {item.What}.", item.Location);
        }

        return read;
    }

    private PipelineTest ReadTest(SpecMap map, int number)
    {
        foreach (var entry in map.Entries)
        {
            if (!Keys.Contains(entry.Key)) problems.Error($"A test has no '{entry.Key}'.", entry.KeyLocation, hint: Nearest.Hint(entry.Key, Keys));
        }

        if (map.Find("input") is null) problems.Error("This test has no 'input' rows.", map.Location);
        if (map.Find("output") is null && map.Find("quarantined") is null) problems.Error("This test expects nothing: it needs 'output' or 'quarantined'.", map.Location);
        return new PipelineTest(
            (map.Find("name")?.Value as SpecScalar)?.Text ?? $"test {number}",
            ReadRows(map.Find("input")) ?? [],
            ReadRows(map.Find("output")) ?? [],
            ReadCount(map.Find("quarantined")),
            ReadId(map.Find("sink"), sinks, "sink"),
            map.Location)
        {
            Source = ReadId(map.Find("source"), sources, "source"),
            InputPlaces = Places(map.Find("input")),
            OutputPlaces = Places(map.Find("output")),
            ChecksOutput = map.Find("output") is not null,
        };
    }

    private List<string>? ReadRows(SpecEntry? entry)
    {
        if (entry is null) return null;
        var rows = new List<string>();
        foreach (var row in entry.Value is SpecList list ? list.Items : [entry.Value])
        {
            if (row is SpecMap) rows.Add(SpecJson.Write(row));
            else if (row is not SpecScalar { IsNull: true }) problems.Error($"A row of '{entry.Key}' is a mapping of column to value, not {row.What}.", row.Location);
        }

        return rows;
    }

    private static List<KeyValuePair<string, Location>> Places(SpecEntry? entry)
    {
        IEnumerable<SpecNode> rows = entry?.Value is SpecList list ? list.Items : entry is null ? [] : [entry.Value];
        return [.. rows.OfType<SpecMap>().SelectMany(row => row.Entries).DistinctBy(each => each.Key).Select(each => KeyValuePair.Create(each.Key, each.KeyLocation))];
    }

    private int? ReadCount(SpecEntry? entry)
    {
        if (entry is null) return null;
        if (entry.Value is SpecScalar text && int.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return count;
        problems.Error($"'quarantined' is a number of rows, not {entry.Value.What}.", entry.Value.Location);
        return null;
    }

    private string? ReadId(SpecEntry? entry, IReadOnlyList<string> ids, string what)
    {
        if (entry is null) return null;
        var id = (entry.Value as SpecScalar)?.Text ?? "";
        if (!ids.Contains(id)) problems.Error($"There is no {what} with the id '{id}'.", entry.Value.Location, hint: Nearest.Hint(id, [.. ids]));
        return id;
    }
}
