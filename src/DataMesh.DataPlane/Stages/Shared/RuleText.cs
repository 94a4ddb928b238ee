using System.Text.RegularExpressions;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Reads the rules of <c>validate</c>: the end of a comparison is put behind its column, anything else is a whole expression.</summary>
internal static partial class RuleText
{
    /// <summary>The rule as an expression whose place still points into the pipeline file.</summary>
    public static ExpressionText ToExpression(OrderedMapEntry<ValidateRule> entry, Schema input)
    {
        var text = entry.Value.Rule.Text;
        var trimmed = text.Trim();
        if (trimmed.StartsWith("unique", StringComparison.OrdinalIgnoreCase))
            throw new DataMeshException("`validate` looks at one row at a time and can not know what is unique.", entry.Value.Rule.Location, hint: $"use deduplicate: [{entry.Key}]");
        if (!Fragment().IsMatch(trimmed)) return entry.Value.Rule;
        var column = Quote(input[input.Require(entry.Key, entry.Location)].Name);
        if (NotNull().IsMatch(trimmed)) return Shift(entry.Value.Rule, $"{column} is ", trimmed);
        var pattern = Matches().Match(trimmed);
        return pattern.Success
            ? Shift(entry.Value.Rule, $"regexp_matches({column}, ", trimmed[pattern.Length..] + ")", pattern.Length)
            : Shift(entry.Value.Rule, column + " ", trimmed);
    }

    /// <summary>The rows for which a condition is false (not null), or null when there are none.</summary>
    public static Bitmap? FalseRows(Column result)
    {
        if (result is not BoolColumn flags) return null;
        var broken = flags.Values.Clone();
        broken.Not();
        if (flags.Validity is not null) broken.And(flags.Validity);
        if (broken.CountOnes() > 0) return broken;
        broken.Dispose();
        return null;
    }

    /// <summary>A column's name as the expression language quotes it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static ExpressionText Shift(ExpressionText rule, string prefix, string rest, int skipped = 0)
    {
        var leading = rule.Text.Length - rule.Text.TrimStart().Length;
        var location = rule.Location is { Column: > 0 } place ? place with { Column = place.Column + leading + skipped - prefix.Length } : rule.Location;
        return new ExpressionText(prefix + rest, location);
    }

    [GeneratedRegex(@"^(not\s+null\b|(is|between|like|ilike|matches)\s|not\s+(between|like|ilike|in)\b|in\s*\(|[<>=!~])", RegexOptions.IgnoreCase)]
    private static partial Regex Fragment();

    [GeneratedRegex(@"^not\s+null\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex NotNull();

    [GeneratedRegex(@"^matches\s+", RegexOptions.IgnoreCase)]
    private static partial Regex Matches();
}
