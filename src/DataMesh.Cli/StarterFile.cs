using System.Text;
using DataMesh.Core.Components;

namespace DataMesh.Cli;

/// <summary>The text of a pipeline file to begin with.</summary>
internal sealed class StarterFile(string name, string dataPath, SourceDescription source, StarterRecord? record)
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
        if (record is null) return;
        Line("");
        Line("tests:");
        Line($"  - name: {(record.IsFirst ? "the first" : "a")} record comes through");
        Line("    input:");
        WriteRow(record.Members);
        Line("    output:");
        var names = _renames.ToDictionary(rename => rename.From, rename => rename.To);
        WriteRow(record.Members.Where(member => record.Kept.Contains(member.Name)).Select(member => (names.GetValueOrDefault(member.Name, member.Name), member.Json)));
    }

    private void WriteRow(IEnumerable<(string Name, string Json)> members)
    {
        var mark = "- ";
        foreach (var (member, json) in members)
        {
            Line($"      {mark}{YamlText.Quote(member)}: {json}");
            mark = "  ";
        }

        if (mark == "- ") Line("      - {}");
    }

    private void Line(string text) => _text.Append(text).Append('\n');
}
