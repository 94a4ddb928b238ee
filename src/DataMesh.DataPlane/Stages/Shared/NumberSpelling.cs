using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Sees that a text which is not a number for us is one elsewhere, and says which option reads it.</summary>
internal static class NumberSpelling
{
    /// <summary>The hint for a text that could not become a number; null when it does not look like one.</summary>
    public static string? Hint(string column, string? text, DataType type)
    {
        if (!type.IsNumeric || text is null || !text.Contains(',', StringComparison.Ordinal)) return null;
        if (!text.Any(char.IsAsciiDigit) || text.Any(char.IsLetter)) return null;
        var comma = text.LastIndexOf(',');
        var isFraction = comma > text.LastIndexOf('.') && text[(comma + 1)..].Count(char.IsAsciiDigit) != 3;
        var number = isFraction ? $"{{ type: {Quoted(type)}, decimal: \",\" }}" : Quoted(type);
        return $"`standardise: {{ {column}: {{ number: {number} }} }}` reads {(isFraction ? "numbers with a decimal comma" : "numbers with commas between thousands")}";
    }

    private static string Quoted(DataType type) => type.Kind == TypeKind.Decimal ? $"'{type}'" : type.ToString();
}
