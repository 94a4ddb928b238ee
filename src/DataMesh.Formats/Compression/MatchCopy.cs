using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DataMesh.Formats.Compression;

/// <summary>Copies of bytes that stand shortly before, as the decoders of the LZ77 family make them. The caller has checked both lengths.</summary>
internal static unsafe class MatchCopy
{
    /// <summary>Bytes that a copy may write, or read, beyond its end where there is room.</summary>
    public const int Slack = 32;

    /// <summary>Repeats <paramref name="length"/> bytes from <paramref name="offset"/> bytes back; nothing at or after <paramref name="limit"/> is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Repeat(byte* op, long offset, long length, byte* limit)
    {
        if (offset >= 16 && limit - op >= length + Slack) Wide(op - offset, op, length);
        else RepeatNear(op, offset, length, limit);
    }

    /// <summary>Copies in steps of 16 bytes and so up to <see cref="Slack"/> bytes too much.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Wide(byte* from, byte* to, long length)
    {
        Vector128.Store(Vector128.Load(from), to);
        for (var i = 16L; i < length; i += 16) Vector128.Store(Vector128.Load(from + i), to + i);
    }

    /// <summary>A pattern shorter than 16 bytes is written out until it can be copied 16 bytes at a time.</summary>
    private static void RepeatNear(byte* op, long offset, long length, byte* limit)
    {
        var apart = offset >= 16 ? offset : (15 / offset + 1) * offset;
        var end = op + length;
        var patternEnd = op + Math.Min(apart, length);
        if (offset < 16) for (; op < patternEnd; op++) *op = op[-offset];
        if (limit - end >= Slack)
        {
            if (op < end) Wide(op - apart, op, end - op);
            return;
        }

        for (; end - op >= 16; op += 16) Vector128.Store(Vector128.Load(op - apart), op);
        for (; op < end; op++) *op = op[-apart];
    }
}
