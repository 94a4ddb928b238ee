using System.Text;
using System.Text.Unicode;

namespace DataMesh.Formats.Text;

/// <summary>Finds the encoding of text by its bytes.</summary>
public static class TextDetection
{
    /// <summary>The byte order mark of UTF-8.</summary>
    public static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The encodings that <see cref="TextEncoding.Encoding"/> may name.</summary>
    public static IReadOnlyList<string> Encodings { get; } = ["utf-8", "utf-16le", "utf-16be", "latin-1"];

    /// <summary>The encoding of decompressed bytes. <paramref name="isWhole"/> false: the last character may be cut off.</summary>
    public static TextEncoding Detect(ReadOnlySpan<byte> text, bool isWhole, string compression = "none")
    {
        if (text.StartsWith(Utf8Mark)) return new TextEncoding(compression, "utf-8", true);
        if (text.StartsWith<byte>([0xFF, 0xFE])) return new TextEncoding(compression, "utf-16le", true);
        if (text.StartsWith<byte>([0xFE, 0xFF])) return new TextEncoding(compression, "utf-16be", true);
        if (Utf16ByZeros(text) is { } wide) return new TextEncoding(compression, wide);
        return new TextEncoding(compression, IsMostlyUtf8(text, isWhole) ? "utf-8" : "latin-1");
    }

    /// <summary>Whether the bytes, in the encoding found, are no text at all: zero bytes or many control characters.</summary>
    public static bool LooksBinary(ReadOnlySpan<byte> utf8)
    {
        var (odd, length) = ControlCharacters(utf8);
        return odd * 50 > length || (odd > 0 && length < 50);
    }

    /// <summary>Whether the bytes can not be text even where text was declared: a large share of them are control characters.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> utf8)
    {
        var (odd, length) = ControlCharacters(utf8);
        return odd * 10 > length && odd > 8;
    }

    private static (int Odd, int Length) ControlCharacters(ReadOnlySpan<byte> utf8)
    {
        var head = utf8[..Math.Min(utf8.Length, 64 << 10)];
        var odd = 0;
        foreach (var each in head)
            if (each < 0x20 && each is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C or 0x1B)) odd++;
        return (odd, head.Length);
    }

    /// <summary>Length of the byte order mark of an encoding.</summary>
    public static int MarkLength(string encoding) => encoding switch { "utf-8" => 3, "latin-1" => 0, _ => 2 };

    /// <summary>The .NET encoding. Latin-1 is read as Windows-1252, which has the same letters and adds the dashes, quotes and the euro that such files hold.</summary>
    public static Encoding EncodingOf(string encoding) => encoding switch
    {
        "utf-16le" => Encoding.Unicode,
        "utf-16be" => Encoding.BigEndianUnicode,
        "latin-1" => CodePagesEncodingProvider.Instance.GetEncoding(1252)!,
        _ => new UTF8Encoding(false),
    };

    private static string? Utf16ByZeros(ReadOnlySpan<byte> text)
    {
        var pairs = Math.Min(text.Length, 4096) / 2;
        if (pairs < 2) return null;
        var (even, odd) = (0, 0);
        for (var i = 0; i < pairs; i++)
        {
            if (text[2 * i] == 0) even++;
            if (text[2 * i + 1] == 0) odd++;
        }

        if (odd * 3 > pairs && even * 20 < pairs) return "utf-16le";
        return even * 3 > pairs && odd * 20 < pairs ? "utf-16be" : null;
    }

    /// <summary>A few broken bytes among many good sequences are damage inside UTF-8; none good at all is another encoding.</summary>
    private static bool IsMostlyUtf8(ReadOnlySpan<byte> text, bool isWhole)
    {
        if (Utf8.IsValid(text)) return true;
        var (good, bad) = (0, 0);
        while (!text.IsEmpty)
        {
            var next = text.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (next < 0) break;
            text = text[next..];
            var status = Rune.DecodeFromUtf8(text, out _, out var consumed);
            if (status == System.Buffers.OperationStatus.Done) good++;
            else if (status != System.Buffers.OperationStatus.NeedMoreData || isWhole) bad++;
            text = text[consumed..];
        }

        return bad == 0 || good > bad * 10;
    }
}
