using System.Numerics;
using System.Runtime.CompilerServices;

namespace DataMesh.Formats.Compression;

/// <summary>
/// Snappy for byte strings that each stand after their 32-bit length (Parquet's plain encoding). Repeats are looked for only where such values
/// have them: a value's begin, with its length, among earlier begins, and its end among earlier ends. Mails, addresses, paths and keys
/// shrink nearly as much as with a search at every byte, in a fraction of the time; prose does not.
/// </summary>
public sealed unsafe class ValueSnappyEncoder
{
    private const int TableBits = 11;
    private const int Word = sizeof(ulong);

    private readonly int[] _begins = new int[1 << TableBits];
    private readonly int[] _ends = new int[1 << TableBits];

    /// <summary>
    /// Compresses into <paramref name="target"/>, which has at least <see cref="SnappyEncoder.MaxCompressedLength"/> bytes; returns the bytes written.
    /// The values begin at <paramref name="valuesAt"/>; the last one may be cut off.
    /// </summary>
    public int Compress(ReadOnlySpan<byte> source, int valuesAt, Span<byte> target)
    {
        if (target.Length < SnappyEncoder.MaxCompressedLength(source.Length)) throw new ArgumentException("The target is too small for the worst case.", nameof(target));
        Array.Fill(_begins, -SnappyEmitter.OffsetMax - 1);
        Array.Fill(_ends, -SnappyEmitter.OffsetMax - 1);
        fixed (byte* input = source)
        fixed (byte* output = target)
        fixed (int* begins = _begins)
        fixed (int* ends = _ends)
        {
            var op = SnappyEmitter.Length(output, (uint)source.Length);
            op = CompressValues(input, valuesAt, source.Length, op, begins, ends);
            return (int)(op - output);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static byte* CompressValues(byte* input, int at, int length, byte* op, int* begins, int* ends)
    {
        var emitted = 0;
        while (at <= length - sizeof(int))
        {
            var bytes = *(int*)(input + at);
            if ((uint)bytes > (uint)(length - at - sizeof(int))) break;
            var end = at + sizeof(int) + bytes;
            if (bytes >= Word)
            {
                var key = *(ulong*)(input + at);
                ref var begin = ref begins[Hash(key)];
                var candidate = begin;
                begin = at;
                if (at - candidate <= SnappyEmitter.OffsetMax && *(ulong*)(input + candidate) == key)
                {
                    op = SnappyEmitter.Literal(op, input + emitted, at - emitted, length - emitted);
                    var matched = Word + MatchForward(input + candidate + Word, input + at + Word, end - at - Word, length - at - Word);
                    op = SnappyEmitter.Copy(op, at - candidate, matched);
                    emitted = at + matched;
                }

                key = *(ulong*)(input + end - Word);
                ref var last = ref ends[Hash(key)];
                candidate = last;
                last = end;
                var room = Math.Min(end - Math.Max(emitted, at), candidate);
                if (end - candidate <= SnappyEmitter.OffsetMax && room >= Word && *(ulong*)(input + candidate - Word) == key)
                {
                    var matched = Word + MatchBackward(input + candidate - Word, input + end - Word, room - Word, candidate - Word);
                    op = SnappyEmitter.Literal(op, input + emitted, end - matched - emitted, length - emitted);
                    op = SnappyEmitter.Copy(op, end - candidate, matched);
                    emitted = end;
                }
            }

            at = end;
        }

        return SnappyEmitter.Literal(op, input + emitted, length - emitted, length - emitted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ulong key) => (uint)(key * 0x9E37_79B9_7F4A_7C15UL >> 64 - TableBits);

    /// <summary>Equal bytes from here on, at most <paramref name="most"/>. Words may be read past that, but not past <paramref name="readable"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MatchForward(byte* candidate, byte* ip, int most, int readable)
    {
        var matched = 0;
        for (; matched <= readable - Word && matched < most; matched += Word)
        {
            var difference = *(ulong*)(ip + matched) ^ *(ulong*)(candidate + matched);
            if (difference != 0) return Math.Min(most, matched + (BitOperations.TrailingZeroCount(difference) >> 3));
        }

        while (matched < most && ip[matched] == candidate[matched]) matched++;
        return Math.Min(most, matched);
    }

    /// <summary>The same from here back. Words may be read past <paramref name="most"/>, but not past <paramref name="readable"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MatchBackward(byte* candidateEnd, byte* end, int most, int readable)
    {
        var matched = 0;
        for (; matched <= readable - Word && matched < most; matched += Word)
        {
            var difference = *(ulong*)(end - matched - Word) ^ *(ulong*)(candidateEnd - matched - Word);
            if (difference != 0) return Math.Min(most, matched + (BitOperations.LeadingZeroCount(difference) >> 3));
        }

        while (matched < most && end[-matched - 1] == candidateEnd[-matched - 1]) matched++;
        return Math.Min(most, matched);
    }
}
