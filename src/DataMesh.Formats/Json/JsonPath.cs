using DataMesh.Core.Errors;

namespace DataMesh.Formats.Json;

/// <summary>A path to the records of a document: <c>$</c>, then members (<c>.name</c> or <c>['name']</c>) and <c>[*]</c> for every element of an array.</summary>
internal sealed class JsonPath
{
    private const string Forms = "write $.features[*], $['my list'][*] or $[*]";

    private JsonPath(string text, IReadOnlyList<string?> steps)
    {
        Text = text;
        Steps = steps;
    }

    /// <summary>The path as it was written.</summary>
    public string Text { get; }

    /// <summary>Names of members; null for every element of an array.</summary>
    public IReadOnlyList<string?> Steps { get; }

    /// <summary>The values at the top themselves, one after the other.</summary>
    public static JsonPath Root { get; } = new("$", []);

    /// <summary>The elements of an array at the top.</summary>
    public static JsonPath Elements { get; } = new("$[*]", [null]);

    /// <summary>The elements of an array below members.</summary>
    public static JsonPath ElementsOf(IEnumerable<string> members)
    {
        string?[] steps = [.. members, null];
        return new JsonPath("$" + string.Concat(steps.Select(Write)), steps);
    }

    /// <summary>Reads a path; throws <see cref="DataMeshException"/> when it is none.</summary>
    public static JsonPath Parse(string text)
    {
        var at = 0;
        while (at < text.Length && text[at] == ' ') at++;
        if (at == text.Length || text[at] != '$') throw Wrong(text, "it does not begin with $");
        at++;
        var steps = new List<string?>();
        while (at < text.Length)
        {
            if (text[at] == '.') steps.Add(Name(text, ref at));
            else if (text[at] == '[') steps.Add(Bracket(text, ref at));
            else if (text[at] == ' ' && text[at..].Trim().Length == 0) break;
            else throw Wrong(text, $"'{text[at]}' is not expected at character {at + 1}");
        }

        return new JsonPath(text.Trim(), steps);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string Name(string text, ref int at)
    {
        var start = ++at;
        while (at < text.Length && text[at] is not ('.' or '[' or ' ')) at++;
        if (at == start) throw Wrong(text, "a member name is missing after a point");
        return text[start..at];
    }

    private static string? Bracket(string text, ref int at)
    {
        var rest = text[at..];
        if (rest.StartsWith("[*]", StringComparison.Ordinal))
        {
            at += 3;
            return null;
        }

        if (rest.Length < 4 || rest[1] is not ('\'' or '"')) throw Wrong(text, "brackets hold a star or a name in quotes");
        var close = rest.IndexOf($"{rest[1]}]", 2, StringComparison.Ordinal);
        if (close < 0) throw Wrong(text, "a bracket is not closed");
        at += close + 2;
        return rest[2..close];
    }

    private static string Write(string? step)
    {
        if (step is null) return "[*]";
        return step.Length > 0 && step.All(c => char.IsLetterOrDigit(c) || c == '_') ? "." + step : $"['{step}']";
    }

    private static DataMeshException Wrong(string text, string detail) => new($"'{text}' is no record path.", detail: detail, hint: Forms);
}
