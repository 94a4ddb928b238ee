using System.Text.Json;

namespace DataMesh.Cli;

/// <summary>
/// The record that a starter file's test is made of. Values longer than a person would read are left out, and so is what comes after the test has grown
/// too large: a test that names fewer columns is still a test, and the file must stay one that can be opened and read.
/// </summary>
internal sealed record StarterRecord(IReadOnlyList<(string Name, string Json)> Members, bool IsFirst)
{
    /// <summary>Names of the members that come out as they went in.</summary>
    public IReadOnlySet<string> Kept { get; init; } = Members.Select(member => member.Name).ToHashSet();

    /// <summary>Characters of a value that is still shown.</summary>
    private const int ValueLengthMax = 200;

    /// <summary>Characters of all names and values together.</summary>
    private const int RecordLengthMax = 8_000;

    /// <summary>The first record whose values are all short, or what is short of the first one; null without records.</summary>
    public static StarterRecord? Choose(IEnumerable<string> rows)
    {
        StarterRecord? first = null;
        foreach (var row in rows)
        {
            var record = Of(row, first is null, out var isWhole);
            if (isWhole) return record;
            first ??= record;
        }

        return first;
    }

    private static StarterRecord Of(string row, bool isFirst, out bool isWhole)
    {
        isWhole = true;
        var members = new List<(string, string)>();
        var length = 0;
        using var document = JsonDocument.Parse(row);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null) continue;
            var json = member.Value.GetRawText();
            if (json.Length > ValueLengthMax || length + json.Length + member.Name.Length > RecordLengthMax)
            {
                isWhole = false;
                continue;
            }

            length += json.Length + member.Name.Length;
            members.Add((member.Name, json));
        }

        return new StarterRecord(members, isFirst);
    }
}
