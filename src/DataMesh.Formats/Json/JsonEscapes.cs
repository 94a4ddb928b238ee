using System.Buffers;
using System.Text;

namespace DataMesh.Formats.Json;

/// <summary>Escapes in JSON strings.</summary>
internal static unsafe class JsonEscapes
{
    /// <summary>Length of the escape that begins with the backslash at <paramref name="p"/>; 0 when there is no such escape.</summary>
    public static int Length(byte* p, byte* end)
    {
        if (end - p < 2) return 0;
        switch (p[1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t': return 2;
            case (byte)'u': return end - p >= 6 && Unit(p + 2) >= 0 ? 6 : 0;
            default: return 0;
        }
    }

    /// <summary>
    /// Writes what the text between two quotes means. It was checked before. The result is never longer than the text.
    /// A lone surrogate, which has no UTF-8 form, becomes U+FFFD.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var written = 0;
        fixed (byte* start = text)
        {
            var p = start;
            var end = start + text.Length;
            while (p < end)
            {
                var rest = new ReadOnlySpan<byte>(p, (int)(end - p));
                var plain = rest.IndexOf((byte)'\\');
                if (plain < 0) plain = rest.Length;
                rest[..plain].CopyTo(target[written..]);
                written += plain;
                p += plain;
                if (p < end) p = UnescapeOne(p, end, target, ref written);
            }
        }

        return written;
    }

    /// <summary>What the text between two quotes means, as a string.</summary>
    public static string ToText(ReadOnlySpan<byte> text)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(text.Length + 4);
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, Unescape(text, buffer));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte* UnescapeOne(byte* p, byte* end, Span<byte> target, ref int written)
    {
        if (p[1] == 'u') return UnescapeUnit(p, end, target, ref written);
        target[written++] = p[1] switch
        {
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            var same => same,
        };
        return p + 2;
    }

    private static byte* UnescapeUnit(byte* p, byte* end, Span<byte> target, ref int written)
    {
        var unit = (char)Unit(p + 2);
        p += 6;
        if (char.IsHighSurrogate(unit) && end - p >= 6 && p[0] == '\\' && p[1] == 'u' && Unit(p + 2) is >= 0xDC00 and <= 0xDFFF and var low)
        {
            written += new Rune(unit, (char)low).EncodeToUtf8(target[written..]);
            return p + 6;
        }

        written += (Rune.TryCreate(unit, out var rune) ? rune : Rune.ReplacementChar).EncodeToUtf8(target[written..]);
        return p;
    }

    /// <summary>The value of four hexadecimal digits, or -1.</summary>
    private static int Unit(byte* digits)
    {
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            var digit = digits[i] switch
            {
                >= (byte)'0' and <= (byte)'9' => digits[i] - '0',
                >= (byte)'a' and <= (byte)'f' => digits[i] - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => digits[i] - 'A' + 10,
                _ => -1,
            };
            if (digit < 0) return -1;
            value = value << 4 | digit;
        }

        return value;
    }
}
