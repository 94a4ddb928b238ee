using DataMesh.Core.Columns;

namespace DataMesh.Core.Drift;

/// <summary>
/// Pairs columns that went with columns that came in the same split and look like them: the same place and a type that fits, or nearly the same name and a
/// type that fits. A guess for people; values are never moved by it.
/// </summary>
internal static class LikelyRenames
{
    /// <summary>Pairs, each column in at most one.</summary>
    public static IReadOnlyList<(ShapeColumn Old, ShapeColumn Now)> Find(SourceShape before, SourceShape after, List<ShapeColumn> gone, List<ShapeColumn> come)
    {
        var pairs = new List<(ShapeColumn, ShapeColumn)>();
        var free = come.ToList();
        foreach (var old in gone)
        {
            var best = free.Where(now => FitsType(old.Type, now.Type) && (IsAlike(old.Name, now.Name) || IsInPlace(before, after, old, now)))
                .OrderByDescending(now => IsAlike(old.Name, now.Name)).FirstOrDefault();
            if (best is null) continue;
            free.Remove(best);
            pairs.Add((old, best));
        }

        return pairs;
    }

    private static bool FitsType(DataType old, DataType now) =>
        old == now || old.Kind == TypeKind.Null || now.Kind == TypeKind.Null || TypeLattice.Join(old, now).Kind is TypeKind.Float64 or TypeKind.Timestamp;

    /// <summary>The same place: between the same neighbours, of which at least one is a column that both have.</summary>
    private static bool IsInPlace(SourceShape before, SourceShape after, ShapeColumn old, ShapeColumn now)
    {
        if (!before.IsOrdered || !after.IsOrdered || before.Present.Count() != after.Present.Count()) return false;
        return before.Present.ToList().IndexOf(old) == after.Present.ToList().IndexOf(now);
    }

    /// <summary>One name holds the other's words, or the two differ in a letter in four.</summary>
    private static bool IsAlike(string old, string now)
    {
        var (a, b) = (Letters(old), Letters(now));
        if (a.Length == 0 || b.Length == 0) return false;
        if (a == b || HasWordsOf(old, now) || HasWordsOf(now, old)) return true;
        var shorter = Math.Min(a.Length, b.Length);
        if (shorter >= 3 && (a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal)
            || a.EndsWith(b, StringComparison.Ordinal) || b.EndsWith(a, StringComparison.Ordinal))) return true;
        return shorter >= 4 && Distance(a, b) <= Math.Max(a.Length, b.Length) / 4;
    }

    private static bool HasWordsOf(string name, string other) => Words(other).IsProperSubsetOf(Words(name));

    private static HashSet<string> Words(string name) => new(
        new string([.. name.Select(letter => char.IsLetterOrDigit(letter) ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);

    private static string Letters(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var next = Math.Min(Math.Min(row[j], row[j - 1]) + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1));
                (corner, row[j]) = (row[j], next);
            }
        }

        return row[b.Length];
    }
}
