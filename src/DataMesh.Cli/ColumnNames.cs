using System.Text;

namespace DataMesh.Cli;

/// <summary>Proposes column names that need no quoting anywhere.</summary>
internal static class ColumnNames
{
    /// <summary><c>Cost Total $</c> to <c>cost_total</c>.</summary>
    public static string Tidy(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (char.IsLetterOrDigit(c))
            {
                if (char.IsUpper(c) && i > 0 && char.IsLower(name[i - 1])) text.Append('_');
                text.Append(char.ToLowerInvariant(c));
            }
            else if (c == '.')
            {
                text.Append('.');
            }
            else if (text.Length > 0 && text[^1] != '_')
            {
                text.Append('_');
            }
        }

        var tidy = text.ToString().Trim('_', '.');
        if (tidy.Length == 0) return "column";
        return char.IsDigit(tidy[0]) ? "n" + tidy : tidy;
    }

    /// <summary>Proposals for all names that would change, without clashes.</summary>
    public static IReadOnlyList<(string From, string To)> Renames(IEnumerable<string> names)
    {
        var all = names.ToList();
        var taken = all.Where(name => Tidy(name) == name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var renames = new List<(string, string)>();
        foreach (var name in all.Where(name => Tidy(name) != name))
        {
            var tidy = Tidy(name);
            var free = tidy;
            for (var n = 2; !taken.Add(free); n++) free = $"{tidy}_{n}";
            renames.Add((name, free));
        }

        return renames;
    }
}
