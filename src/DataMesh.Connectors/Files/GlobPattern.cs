using System.Text;
using System.Text.RegularExpressions;

namespace DataMesh.Connectors.Files;

/// <summary>
/// A path with wildcards: <c>*</c> and <c>?</c> inside one name, <c>**</c> across folders, <c>[a-z]</c>, <c>[!a]</c> and <c>{a,b}</c>.
/// </summary>
internal sealed class GlobPattern
{
    private static readonly char[] Wildcards = ['*', '?', '[', '{'];
    private readonly Regex _regex;

    /// <summary>Makes a pattern from an absolute path with <c>/</c> between names.</summary>
    public GlobPattern(string path)
    {
        var wild = path.IndexOfAny(Wildcards);
        var fixedEnd = path.LastIndexOf('/', wild < 0 ? path.Length - 1 : wild);
        Folder = fixedEnd <= 0 ? "/" : path[..fixedEnd];
        IsRecursive = path[(fixedEnd + 1)..].Contains("**", StringComparison.Ordinal) || path[(fixedEnd + 1)..].Contains('/', StringComparison.Ordinal);
        _regex = new Regex("^" + Translate(path) + "$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>The folder above the first wildcard.</summary>
    public string Folder { get; }

    /// <summary>Whether folders below <see cref="Folder"/> can hold matches.</summary>
    public bool IsRecursive { get; }

    /// <summary>Whether a path needs to be read as a pattern.</summary>
    public static bool HasWildcard(string path) => path.IndexOfAny(Wildcards) >= 0;

    /// <summary>Whether an absolute path matches.</summary>
    public bool IsMatch(string path) => _regex.IsMatch(path);

    private static string Translate(string path)
    {
        var regex = new StringBuilder();
        var depth = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var rest = path.AsSpan(i);
            if (rest.StartsWith("**/")) { regex.Append("(?:.*/)?"); i += 2; }
            else if (rest.StartsWith("**")) { regex.Append(".*"); i++; }
            else if (path[i] == '*') regex.Append("[^/]*");
            else if (path[i] == '?') regex.Append("[^/]");
            else if (path[i] == '[' && rest.IndexOf(']') is > 1 and var end) { regex.Append(Class(rest[1..end])); i += end; }
            else if (path[i] == '{' && rest.Contains('}')) { regex.Append("(?:"); depth++; }
            else if (path[i] == '}' && depth > 0) { regex.Append(')'); depth--; }
            else if (path[i] == ',' && depth > 0) regex.Append('|');
            else regex.Append(Regex.Escape(path[i].ToString()));
        }

        return regex.Append(')', depth).ToString();
    }

    private static string Class(ReadOnlySpan<char> members)
    {
        var isNot = members[0] is '!' or '^';
        var text = (isNot ? members[1..] : members).ToString().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
        return isNot ? $"[^/{text}]" : $"[{text}]";
    }
}
