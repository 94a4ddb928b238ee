using DataMesh.Core.Columns;
using DataMesh.Formats.Delta;

namespace DataMesh.Hosting.Simulation.Trials;

/// <summary>
/// What a folder holds that a pipeline wrote, found without asking the pipeline: the rows of every table and the lines of every other file, as sorted texts.
/// Two runs that hold the same have equal contents, whatever their files.
/// </summary>
/// <param name="Targets">Sorted rows by path of the target.</param>
public sealed record TrialContents(IReadOnlyDictionary<string, IReadOnlyList<string>> Targets)
{
    /// <summary>Nothing.</summary>
    public static TrialContents Nothing { get; } = new(new Dictionary<string, IReadOnlyList<string>>());

    /// <summary>Reads a folder, leaving out the files that were there before.</summary>
    public static TrialContents Read(string root, IReadOnlySet<string> input)
    {
        var targets = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var tables = Directory.EnumerateDirectories(root, "_delta_log", SearchOption.AllDirectories).Select(log => Path.GetDirectoryName(log)!).ToList();
        foreach (var table in tables) targets[Path.GetRelativePath(root, table)] = Sorted(Rows(table));
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(root, file);
            if (input.Contains(name) || tables.Exists(table => file.StartsWith(table + Path.DirectorySeparatorChar, StringComparison.Ordinal)) || IsHidden(name)) continue;
            targets[name] = Sorted(File.ReadLines(file));
        }

        return new TrialContents(targets);
    }

    /// <summary>The files of a folder, by name.</summary>
    public static HashSet<string> FilesOf(string root) =>
        [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file))];

    /// <summary>What differs from what another run holds.</summary>
    public IEnumerable<string> DifferencesFrom(TrialContents other)
    {
        foreach (var target in Targets.Keys.Union(other.Targets.Keys).Order(StringComparer.Ordinal))
        {
            var (mine, others) = (Targets.GetValueOrDefault(target, []), other.Targets.GetValueOrDefault(target, []));
            if (mine.SequenceEqual(others)) continue;
            var (more, less) = (Without(mine, others), Without(others, mine));
            yield return $"'{target}' holds {mine.Count} rows, undisturbed {others.Count}: {more.Count} too many{Show(more)}, {less.Count} missing{Show(less)}";
        }
    }

    private static bool IsHidden(string name) => name.Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.') || part.StartsWith('_'));

    private static IEnumerable<string> Rows(string table)
    {
        foreach (var batch in DeltaRows.Read(DeltaTable.Open(table)))
        {
            using (batch)
                foreach (var row in JsonRows.Write(batch)) yield return row;
        }
    }

    private static List<string> Sorted(IEnumerable<string> rows)
    {
        var sorted = rows.ToList();
        sorted.Sort(StringComparer.Ordinal);
        return sorted;
    }

    /// <summary>The rows of one sorted list that another lacks, counting how often each is there.</summary>
    private static List<string> Without(IReadOnlyList<string> rows, IReadOnlyList<string> others)
    {
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in others) left[row] = left.GetValueOrDefault(row) + 1;
        var more = new List<string>();
        foreach (var row in rows)
        {
            if (left.GetValueOrDefault(row) > 0) left[row]--;
            else more.Add(row);
        }

        return more;
    }

    private static string Show(List<string> rows) => rows.Count == 0 ? "" : $" ({rows[0]})";
}
