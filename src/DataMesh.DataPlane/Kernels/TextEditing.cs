using DataMesh.Core;

namespace DataMesh.DataPlane.Kernels;

/// <summary>The longer text functions.</summary>
internal static class TextEditing
{
    /// <summary>Every occurrence of <paramref name="from"/> replaced; an empty one is found nowhere.</summary>
    public static void Replace(ReadOnlySpan<byte> text, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, VarWriter output)
    {
        while (!from.IsEmpty)
        {
            var at = text.IndexOf(from);
            if (at < 0) break;
            output.Write(text[..at]);
            output.Write(to);
            text = text[(at + from.Length)..];
        }

        output.Write(text);
    }

    /// <summary>The part with this number (from 1; negative from the end) between separators; empty when there are fewer.</summary>
    public static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> text, ReadOnlySpan<byte> separator, long number)
    {
        if (number == 0) number = 1;
        if (separator.IsEmpty) return number is 1 or -1 ? text : default;
        if (number < 0) number += text.Count(separator) + 2;
        if (number <= 0) return default;
        while (true)
        {
            var at = text.IndexOf(separator);
            if (number == 1) return at < 0 ? text : text[..at];
            if (at < 0) return default;
            text = text[(at + separator.Length)..];
            number--;
        }
    }

    /// <summary>Filled up to a number of characters with the fill text, or cut to it.</summary>
    public static Outcome Pad(in Row row, bool left, VarWriter output)
    {
        var text = row.Text(0);
        var length = row.Long(1);
        var fill = row.Count > 2 ? row.Text(2) : " "u8;
        if (length > Limits.RecordBytesMax / 4) return Outcome.Fail;
        var missing = length - Utf8Text.CountCharacters(text);
        if (missing <= 0)
        {
            output.Write(Utf8Text.Slice(text, 0, length));
            return Outcome.Value;
        }

        if (fill.IsEmpty) return Outcome.Fail;
        if (!left) output.Write(text);
        for (var at = 0; missing > 0; missing--)
        {
            var width = Utf8Text.CharacterLength(fill[at]);
            output.Write(fill.Slice(at, Math.Min(width, fill.Length - at)));
            at = at + width >= fill.Length ? 0 : at + width;
        }

        if (left) output.Write(text);
        return Outcome.Value;
    }

    /// <summary>Each character of <paramref name="from"/> becomes the one at its place in <paramref name="to"/>, or nothing where there is none.</summary>
    public static Outcome Translate(ReadOnlySpan<byte> text, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, VarWriter output)
    {
        for (var at = 0; at < text.Length;)
        {
            var character = text.Slice(at, Math.Min(Utf8Text.CharacterLength(text[at]), text.Length - at));
            at += character.Length;
            var found = from.IndexOf(character);
            if (found < 0) output.Write(character);
            else output.Write(Utf8Text.Slice(to, Utf8Text.CountCharacters(from[..found]), 1));
        }

        return Outcome.Value;
    }
}

/// <summary>The three trims.</summary>
internal static class TrimKernel
{
    /// <summary>Without the characters of the second argument (spaces when there is none) at its ends.</summary>
    public static ReadOnlySpan<byte> Cut(in Row row, bool left, bool right)
    {
        var text = row.Text(0);
        var set = row.Count > 1 ? row.Text(1) : " "u8;
        while (left && text.Length > 0)
        {
            var width = Math.Min(Utf8Text.CharacterLength(text[0]), text.Length);
            if (set.IndexOf(text[..width]) < 0) break;
            text = text[width..];
        }

        while (right && text.Length > 0)
        {
            var start = text.Length - 1;
            while (start > 0 && (text[start] & 0xC0) == 0x80) start--;
            if (set.IndexOf(text[start..]) < 0) break;
            text = text[..start];
        }

        return text;
    }
}
