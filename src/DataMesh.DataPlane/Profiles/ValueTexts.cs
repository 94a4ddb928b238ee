using System.Text;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Profiles;

/// <summary>Canonical texts of single values.</summary>
internal static class ValueTexts
{
    private const int BytesMax = 256;

    /// <summary>An integer, date (days) or timestamp (µs).</summary>
    public static string Of(DataType type, long value)
    {
        Span<byte> text = stackalloc byte[ValueText.FixedMax];
        var length = type.Kind switch
        {
            TypeKind.Date => ValueText.WriteDate((int)value, text),
            TypeKind.Timestamp => ValueText.WriteTimestamp(value, text),
            _ => ValueText.Write(value, text),
        };
        return Encoding.ASCII.GetString(text[..length]);
    }

    /// <summary>A decimal.</summary>
    public static string Of(DataType type, Int128 unscaled)
    {
        Span<byte> text = stackalloc byte[ValueText.FixedMax];
        return Encoding.ASCII.GetString(text[..ValueText.WriteDecimal(unscaled, type.Scale, text)]);
    }

    /// <summary>A string, cut after 256 bytes; binary as base64.</summary>
    public static string Of(DataType type, ReadOnlySpan<byte> value)
    {
        var isCut = value.Length > BytesMax;
        if (isCut) value = value[..BytesMax];
        if (type.Kind == TypeKind.Binary) return Convert.ToBase64String(value) + (isCut ? "…" : "");
        while (isCut && value.Length > 0 && (value[^1] & 0xC0) == 0x80) value = value[..^1];
        if (isCut && value.Length > 0 && value[^1] >= 0xC0) value = value[..^1];
        return Encoding.UTF8.GetString(value) + (isCut ? "…" : "");
    }
}
