using System.Globalization;

namespace DataMesh.Formats.Delta;

/// <summary>A complete checkpoint: one file, or all parts of one.</summary>
/// <param name="Version">The table version that it holds.</param>
/// <param name="Paths">Its files.</param>
public sealed record CheckpointFiles(long Version, IReadOnlyList<string> Paths)
{
    /// <summary>The complete checkpoints among some files, newest first; of one version the single files come before the parts.</summary>
    internal static List<CheckpointFiles> Complete(IEnumerable<CheckpointPart> parts) =>
        [.. parts.GroupBy(part => (part.Version, part.Count, Single: part.Count == 1 ? part.Path : null))
            .Where(group => group.Select(part => part.Number).Distinct().Count() == group.Key.Count)
            .OrderByDescending(group => group.Key.Version).ThenBy(group => group.Key.Count).ThenBy(group => group.Key.Single?.Length ?? 0)
            .Select(group => new CheckpointFiles(group.Key.Version, [.. group.OrderBy(part => part.Number).Select(part => part.Path)]))];
}

/// <summary>One file of a checkpoint.</summary>
internal sealed record CheckpointPart(string Path, long Version, int Number, int Count)
{
    /// <summary>Reads <c>n.checkpoint.parquet</c>, <c>n.checkpoint.o.p.parquet</c>, <c>n.checkpoint.uuid.json|parquet</c>; null for other names.</summary>
    public static CheckpointPart? Parse(string path, string name, long version)
    {
        var words = name.Split('.');
        if (words.Length < 3 || words[1] != "checkpoint") return null;
        var isParquet = words[^1] == "parquet";
        return words.Length switch
        {
            3 when isParquet => new CheckpointPart(path, version, 1, 1),
            4 when isParquet || words[^1] == "json" => new CheckpointPart(path, version, 1, 1),
            5 when isParquet && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && number >= 1 && number <= count
                => new CheckpointPart(path, version, number, count),
            _ => null,
        };
    }
}
