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
        var end = Math.Min(value.Length, BytesMax);
        var isText = type.Kind != TypeKind.Binary;
        while (isText && end > 0 && end < value.Length && (value[end] & 0xC0) == 0x80) end--;
        var kept = value[..end];
        return (isText ? Encoding.UTF8.GetString(kept) : Convert.ToBase64String(kept)) + (end < value.Length ? "…" : "");
    }
}
