using System.Globalization;
using System.Text.Json;

namespace DataMesh.Core.Columns;

/// <summary>
/// Compares JSON rows by meaning: members in any order, nested objects equal to dotted names, numbers by value (1 equals 1.0; the last few bits of a
/// double are forgiven).
/// </summary>
public static class JsonRowComparer
{
    /// <summary>
    /// What differs between two rows, as <c>column: expected …, found …</c>; empty when they agree. With <paramref name="namedOnly"/>, only members that
    /// the expected row names are compared; a member that is missing equals null either way.
    /// </summary>
    public static IReadOnlyList<string> Differences(string expected, string actual, bool namedOnly = false)
    {
        var wanted = Flatten(expected);
        var found = Flatten(actual);
        var names = namedOnly ? wanted.Keys : wanted.Keys.Union(found.Keys);
        var differences = new List<string>();
        foreach (var name in names)
        {
            var left = wanted.GetValueOrDefault(name, "null");
            var right = found.GetValueOrDefault(name, "null");
            if (!ValueEquals(left, right)) differences.Add($"{name}: expected {left}, found {right}");
        }

        return differences;
    }

    private static bool ValueEquals(string left, string right)
    {
        if (left == right) return true;
        if (left is "null" || right is "null") return false;
        if (left[0] == '[' && right[0] == '[') return ArrayEquals(left, right);
        return double.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var a)
            && double.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var b)
            && (a == b || Math.Abs(a - b) <= 1e-12 * Math.Max(Math.Abs(a), Math.Abs(b)));
    }

    private static bool ArrayEquals(string left, string right)
    {
        using var one = JsonDocument.Parse(left);
        using var two = JsonDocument.Parse(right);
        return JsonElement.DeepEquals(one.RootElement, two.RootElement);
    }

    private static Dictionary<string, string> Flatten(string row)
    {
        using var document = JsonDocument.Parse(row);
        var flat = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Flatten(document.RootElement, "", flat);
        return flat;
    }

    private static void Flatten(JsonElement parent, string prefix, Dictionary<string, string> flat)
    {
        foreach (var member in parent.EnumerateObject())
        {
            var value = member.Value;
            if (value.ValueKind == JsonValueKind.Object) Flatten(value, prefix + member.Name + ".", flat);
            else flat[prefix + member.Name] = value.ValueKind == JsonValueKind.String ? JsonSerializer.Serialize(value.GetString()) : value.GetRawText();
        }
    }
}
