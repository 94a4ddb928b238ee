using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DataMesh.Formats.Compression;

/// <summary>
/// Snappy compression (the raw format of github.com/google/snappy/blob/main/format_description.txt). Holds its hash table, so one encoder serves
/// one thread. Matches are looked for inside blocks of 64 KiB; input without repeats is skipped through with growing steps.
/// </summary>
public sealed unsafe class SnappyEncoder
{
    private const int BlockSize = 1 << 16;
    private const int TableBits = 14;
    private const int InputMargin = 15;
    private const int SkipBits = 5;

    private readonly ushort[] _table = new ushort[1 << TableBits];

    /// <summary>Room that <see cref="Compress"/> needs for <paramref name="length"/> bytes of input.</summary>
    public static int MaxCompressedLength(int length) => checked(64 + length + length / 6);

    /// <summary>Compresses into <paramref name="target"/>, which has at least <see cref="MaxCompressedLength"/> bytes; returns the bytes written.</summary>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (target.Length < MaxCompressedLength(source.Length)) throw new ArgumentException("The target is too small for the worst case.", nameof(target));
        fixed (byte* input = source)
        fixed (byte* output = target)
        fixed (ushort* table = _table)
        {
            var op = SnappyEmitter.Length(output, (uint)source.Length);
            for (var at = 0; at < source.Length; at += BlockSize)
            {
                var length = Math.Min(BlockSize, source.Length - at);
                var bits = TableBitsFor(length);
                new Span<ushort>(table, 1 << bits).Clear();
                op = CompressBlock(input + at, length, op, table, 32 - bits);
            }

            return (int)(op - output);
        }
    }

    private static int TableBitsFor(int length) => Math.Clamp(BitOperations.Log2((uint)Math.Max(length - 1, 1)) + 1, 8, TableBits);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static byte* CompressBlock(byte* input, int length, byte* op, ushort* table, int shift)
    {
        var end = input + length;
        var emitted = input;
        if (length >= InputMargin)
        {
            var limit = end - InputMargin;
            var ip = input + 1;
            var nextHash = Hash(Load32(ip), shift);
            while (true)
            {
                var skip = 1u << SkipBits;
                var next = ip;
                byte* candidate;
                do
                {
                    ip = next;
                    var hash = nextHash;
                    var step = skip >> SkipBits;
                    skip += step;
                    next = ip + step;
                    if (next > limit) return EmitLastLiteral(op, emitted, end);
                    nextHash = Hash(Load32(next), shift);
                    candidate = input + table[hash];
                    table[hash] = (ushort)(ip - input);
                }
                while (Load32(ip) != Load32(candidate));

                op = EmitLiteral(op, emitted, (int)(ip - emitted));
                bool again;
                do
                {
                    var matched = 4 + MatchLength(candidate + 4, ip + 4, end);
                    op = SnappyEmitter.Copy(op, (int)(ip - candidate), matched);
                    ip += matched;
                    emitted = ip;
                    if (ip >= limit) return EmitLastLiteral(op, emitted, end);
                    var bytes = *(ulong*)(ip - 1);
                    table[Hash((uint)bytes, shift)] = (ushort)(ip - input - 1);
                    var current = (uint)(bytes >> 8);
                    var hash = Hash(current, shift);
                    candidate = input + table[hash];
                    table[hash] = (ushort)(ip - input);
                    again = current == Load32(candidate);
                    if (!again) nextHash = Hash((uint)(bytes >> 16), shift);
                }
                while (again);
                ip++;
            }
        }

        return EmitLastLiteral(op, emitted, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Load32(byte* at) => *(uint*)at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(uint bytes, int shift) => bytes * 0x1e35a7bd >> shift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MatchLength(byte* candidate, byte* ip, byte* end)
    {
        var matched = 0;
        while (ip + matched <= end - 8)
        {
            var difference = *(ulong*)(ip + matched) ^ *(ulong*)(candidate + matched);
            if (difference != 0) return matched + (BitOperations.TrailingZeroCount(difference) >> 3);
            matched += 8;
        }

        while (ip + matched < end && ip[matched] == candidate[matched]) matched++;
        return matched;
    }

    /// <summary>Short literals are copied as 16 bytes: the input margin and the target's slack make that safe.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* EmitLiteral(byte* op, byte* literal, int length)
    {
        if (length > 16) return SnappyEmitter.LongLiteral(op, literal, length);
        *op = (byte)(length - 1 << 2);
        Vector128.Store(Vector128.Load(literal), op + 1);
        return op + 1 + length;
    }

    private static byte* EmitLastLiteral(byte* op, byte* literal, byte* end) =>
        literal < end ? SnappyEmitter.LongLiteral(op, literal, (int)(end - literal)) : op;
}
