using System.Text;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Cuts long texts for statistics: a minimum is only made smaller, a maximum only larger, and text stays valid UTF-8.</summary>
internal static class BoundText
{
    /// <summary>A prefix of at most <paramref name="charactersMax"/> characters (bytes, when it is no text).</summary>
    public static byte[] CutDown(ReadOnlySpan<byte> value, bool isText, int charactersMax) => value[..Prefix(value, isText, charactersMax)].ToArray();

    /// <summary>The value itself, or a short one that is larger; null when there is none.</summary>
    public static byte[]? CutUp(ReadOnlySpan<byte> value, bool isText, int charactersMax)
    {
        var length = Prefix(value, isText, charactersMax);
        if (length == value.Length) return value.ToArray();
        return isText ? NextText(value[..length]) : NextBytes(value[..length]);
    }

    private static int Prefix(ReadOnlySpan<byte> value, bool isText, int charactersMax)
    {
        if (value.Length <= charactersMax) return value.Length;
        if (!isText) return charactersMax;
        var (at, units) = (0, 0);
        while (at < value.Length)
        {
            // Counted in UTF-16 units, as engines on the JVM count; bytes that are no UTF-8 count one each.
            var status = Rune.DecodeFromUtf8(value[at..], out var rune, out var bytes);
            var width = status == System.Buffers.OperationStatus.Done ? rune.Utf16SequenceLength : 1;
            if (units + width > charactersMax) return at;
            units += width;
            at += bytes;
        }

        return at;
    }

    /// <summary>The prefix with its last character raised by one; characters that can not be raised are dropped.</summary>
    private static byte[]? NextText(ReadOnlySpan<byte> prefix)
    {
        while (!prefix.IsEmpty)
        {
            if (Rune.DecodeLastFromUtf8(prefix, out var last, out var bytes) != System.Buffers.OperationStatus.Done) return null;
            prefix = prefix[..^bytes];
            var next = last.Value + 1;
            if (next == 0xd800) next = 0xe000;
            if (next > 0x10ffff) continue;
            var raised = new byte[prefix.Length + 4];
            prefix.CopyTo(raised);
            return raised[..(prefix.Length + new Rune(next).EncodeToUtf8(raised.AsSpan(prefix.Length)))];
        }

        return null;
    }

    private static byte[]? NextBytes(ReadOnlySpan<byte> prefix)
    {
        for (; !prefix.IsEmpty; prefix = prefix[..^1])
        {
            if (prefix[^1] == 0xff) continue;
            var raised = prefix.ToArray();
            raised[^1]++;
            return raised;
        }

        return null;
    }
}
