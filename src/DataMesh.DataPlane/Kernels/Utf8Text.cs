using System.Buffers;
using System.Text;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Operations on UTF-8 that count characters as code points.</summary>
internal static class Utf8Text
{
    /// <summary>Number of code points.</summary>
    public static int CountCharacters(ReadOnlySpan<byte> text)
    {
        if (Ascii.IsValid(text)) return text.Length;
        var count = 0;
        foreach (var value in text) count += (value & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }

    /// <summary>Byte position of the code point with this number, or the length of the text.</summary>
    public static int IndexOfCharacter(ReadOnlySpan<byte> text, long number)
    {
        if (number <= 0) return 0;
        if (Ascii.IsValid(text)) return (int)Math.Min(number, text.Length);
        for (var at = 0; at < text.Length; at++)
            if ((text[at] & 0xC0) != 0x80 && number-- == 0) return at;
        return text.Length;
    }

    /// <summary>The code points from <paramref name="start"/> (0-based) on, at most <paramref name="length"/> of them.</summary>
    public static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> text, long start, long length)
    {
        if (length <= 0) return default;
        var rest = text[IndexOfCharacter(text, start)..];
        return rest[..IndexOfCharacter(rest, length)];
    }

    /// <summary>Byte length of the code point that begins here.</summary>
    public static int CharacterLength(byte lead) => lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    /// <summary>Appends the text in upper or lower case.</summary>
    public static void WriteCase(ReadOnlySpan<byte> text, bool upper, VarWriter output)
    {
        if (Ascii.IsValid(text))
        {
            var room = output.Reserve(text.Length);
            _ = upper ? Ascii.ToUpper(text, room, out var written) : Ascii.ToLower(text, room, out written);
            output.Advance(written);
            return;
        }

        var characters = ArrayPool<char>.Shared.Rent(text.Length * 2);
        var count = Encoding.UTF8.GetChars(text, characters);
        var target = characters.AsSpan(text.Length, count);
        _ = upper ? characters.AsSpan(0, count).ToUpperInvariant(target) : characters.AsSpan(0, count).ToLowerInvariant(target);
        output.Write(target);
        ArrayPool<char>.Shared.Return(characters);
    }
}
