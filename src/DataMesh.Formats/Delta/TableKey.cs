using System.Text.Json;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>
/// The key of a table into which rows are upserted. It stands in a table property, so that it is the same in every run and for every pipeline:
/// rows that were merged by one key can not be merged by another.
/// </summary>
public static class TableKey
{
    /// <summary>The key columns; empty when the table has no key.</summary>
    public static IReadOnlyList<string> Of(TableMetadata? metadata)
    {
        if (metadata?.Configuration.GetValueOrDefault(PropertyNames.Key) is not { } text) return [];
        try
        {
            return JsonSerializer.Deserialize<List<string>>(text) ?? [];
        }
        catch (JsonException broken)
        {
            throw new DataMeshException($"The table property {PropertyNames.Key} is not a list of column names.", detail: text, hint: "it was changed from outside: put it back", cause: broken);
        }
    }

    /// <summary>Throws when rows with this key (empty for rows that are only added) can not go into the table beside those that are there.</summary>
    public static void Require(TableMetadata? current, IReadOnlyList<string> key, bool replace, string table)
    {
        var known = Of(current);
        if (replace || known.SequenceEqual(key, StringComparer.OrdinalIgnoreCase)) return;
        if (known.Count == 0) return;
        throw key.Count == 0
            ? new DataMeshException($"The table '{table}' has the key [{string.Join(", ", known)}]: rows that are only added could repeat a key.",
                hint: $"say mode: upsert and key: [{string.Join(", ", known)}], or write to another path")
            : new DataMeshException($"The table '{table}' has the key [{string.Join(", ", known)}], not [{string.Join(", ", key)}].",
                hint: "the key of a table stays what it was at its first commit: write to another path, or run with --rebuild");
    }

    /// <summary>The metadata with the key; the same object when nothing changes.</summary>
    internal static TableMetadata Apply(TableMetadata metadata, IReadOnlyList<string> key)
    {
        if (Of(metadata).SequenceEqual(key, StringComparer.OrdinalIgnoreCase)) return metadata;
        var configuration = new Dictionary<string, string>(metadata.Configuration, StringComparer.Ordinal);
        if (key.Count == 0) configuration.Remove(PropertyNames.Key);
        else configuration[PropertyNames.Key] = JsonSerializer.Serialize(key, LogEntry.JsonOptions);
        return metadata with { Configuration = configuration };
    }
}
