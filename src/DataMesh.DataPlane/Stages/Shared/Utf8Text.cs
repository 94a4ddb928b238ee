using System.Buffers;
using System.Text;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>White space and letter case of UTF-8 text. Bytes that are no UTF-8 are left as they are.</summary>
internal static class Utf8Text
{
    /// <summary>The text without white space (as Unicode has it, and the byte order mark) at its ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (Rune.DecodeFromUtf8(text, out var first, out var length) == OperationStatus.Done && IsSpace(first)) text = text[length..];
        while (Rune.DecodeLastFromUtf8(text, out var last, out var length) == OperationStatus.Done && IsSpace(last)) text = text[..^length];
        return text;
    }

    /// <summary>Appends the text with each run of white space as one space.</summary>
    public static void Collapse(ReadOnlySpan<byte> text, TextBuffer target)
    {
        var wasSpace = false;
        while (!text.IsEmpty)
        {
            var isRune = Rune.DecodeFromUtf8(text, out var rune, out var length) == OperationStatus.Done;
            var isSpace = isRune && IsSpace(rune);
            if (!isSpace) target.Append(text[..length]);
            else if (!wasSpace) target.Append((byte)' ');
            wasSpace = isSpace;
            text = text[length..];
        }
    }

    /// <summary>Appends the text in another case.</summary>
    public static void ToCase(ReadOnlySpan<byte> text, LetterCase letterCase, TextBuffer target)
    {
        var inWord = false;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var length) == OperationStatus.Done)
            {
                var upper = letterCase == LetterCase.Upper || (letterCase == LetterCase.Title && !inWord);
                inWord = Rune.IsLetterOrDigit(rune) || (inWord && rune.Value is '\'' or '’');
                target.Advance((upper ? Rune.ToUpperInvariant(rune) : Rune.ToLowerInvariant(rune)).EncodeToUtf8(target.Room(4)));
            }
            else
            {
                target.Append(text[..length]);
            }

            text = text[length..];
        }
    }

    /// <summary>Whether two texts are equal but for case.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        while (!a.IsEmpty && !b.IsEmpty)
        {
            Rune.DecodeFromUtf8(a, out var left, out var leftLength);
            Rune.DecodeFromUtf8(b, out var right, out var rightLength);
            if (left != right && Rune.ToLowerInvariant(left) != Rune.ToLowerInvariant(right)) return false;
            a = a[leftLength..];
            b = b[rightLength..];
        }

        return a.IsEmpty && b.IsEmpty;
    }

    private static bool IsSpace(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value == 0xFEFF;
}
