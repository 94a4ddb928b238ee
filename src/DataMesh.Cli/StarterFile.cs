using System.Text;
using System.Text.Json;
using DataMesh.Core.Components;

namespace DataMesh.Cli;

/// <summary>The text of a pipeline file to begin with.</summary>
internal sealed class StarterFile(string name, string dataPath, SourceDescription source, string? row)
{
    private readonly IReadOnlyList<(string From, string To)> _renames = ColumnNames.Renames(source.Schema.Names);
    private readonly StringBuilder _text = new();

    /// <summary>The whole text.</summary>
    public string Write()
    {
        Line($"pipeline: {name}");
        WriteSource();
        WriteStages();
        Line("");
        Line("dataset:");
        Line($"  name: {name}");
        Line($"  path: lake/{name}");
        Line("");
        Line("trigger: once                   # once | every 5m | continuous | cron '0 3 * * *'");
        WriteTest();
        return _text.ToString();
    }

    private void WriteSource()
    {
        Line("");
        Line("source:");
        Line("  type: file");
        Line($"  path: {YamlText.Quote(dataPath)}");
        Line($"  # found: {string.Join(", ", source.Facts.Select(fact => $"{fact.Key} {fact.Value}"))}");
        Line("  # columns:");
        foreach (var field in source.Schema) Line($"  #   {field.Name}: {field.Type}");
    }

    private void WriteStages()
    {
        Line("");
        if (_renames.Count == 0)
        {
            Line("stages: []");
            Line("  # - filter: some_column is not null");
            Line("  # - derive: { new_column: some_column * 2 }");
            return;
        }

        Line("stages:");
        Line("  - rename:");
        foreach (var (from, to) in _renames) Line($"      {YamlText.Quote(from)}: {YamlText.Quote(to)}");
        Line("  # - filter: some_column is not null");
        Line("  # - derive: { new_column: some_column * 2 }");
    }

    private void WriteTest()
    {
        if (row is null) return;
        Line("");
        Line("tests:");
        Line("  - name: the first record comes through");
        using var document = JsonDocument.Parse(row);
        var members = document.RootElement.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).ToList();
        Line("    input:");
        WriteRow(members.Select(member => (member.Name, member.Value)));
        Line("    output:");
        var names = _renames.ToDictionary(rename => rename.From, rename => rename.To);
        WriteRow(members.Select(member => (names.GetValueOrDefault(member.Name, member.Name), member.Value)));
    }

    private void WriteRow(IEnumerable<(string Name, JsonElement Value)> members)
    {
        var mark = "- ";
        foreach (var (member, value) in members)
        {
            Line($"      {mark}{YamlText.Quote(member)}: {value.GetRawText()}");
            mark = "  ";
        }

        if (mark == "- ") Line("      - {}");
    }

    private void Line(string text) => _text.Append(text).Append('\n');
}
