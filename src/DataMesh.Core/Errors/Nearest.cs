namespace DataMesh.Core.Errors;

/// <summary>Finds the word that a mistyped one was meant to be.</summary>
public static class Nearest
{
    /// <summary>
    /// The candidate closest to <paramref name="word"/> by Damerau-Levenshtein distance, ignoring case, or null when none is near: a slip of the finger
    /// changes a letter or two, so a third of the word's letters is the most, and never more than three.
    /// </summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        var bestDistance = DistanceMax(word.Length) + 1;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - word.Length) >= bestDistance) continue;
            var distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance >= bestDistance) continue;
            bestDistance = distance;
            best = candidate;
        }

        return best;
    }

    /// <summary>A hint such as <c>did you mean 'filter'?</c>, or a list of what is valid.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> candidates) =>
        Find(word, candidates) is { } near ? $"did you mean '{near}'?"
        : candidates.Count == 0 ? "nothing is valid here"
        : $"valid here: {string.Join(", ", candidates.Order(StringComparer.Ordinal).Take(40))}";

    private static int DistanceMax(int length) => Math.Min(length / 3, length <= 4 ? 1 : length <= 8 ? 2 : 3);

    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
