using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace DataMesh.Formats.Compression;

/// <summary>The sequences of a Zstandard block (RFC 8878, 3.1.1.3.2): literals to copy and what to repeat after them.</summary>
internal sealed unsafe class ZstdSequences
{
    private readonly ZstdTables _tables = new();
    private readonly uint[] _offsets = new uint[3];

    /// <summary>Forgets what earlier blocks left for later ones.</summary>
    public void Reset()
    {
        _tables.Reset();
        (_offsets[0], _offsets[1], _offsets[2]) = (1, 4, 8);
    }

    /// <summary>Writes a block's bytes at <paramref name="op"/>; returns the end of what it wrote.</summary>
    public byte* Run(ReadOnlySpan<byte> source, ZstdLiterals literals, byte* frame, byte* op, byte* opEnd)
    {
        var sequences = ReadCount(ref source);
        fixed (byte* literal = literals.Bytes)
        {
            var literalAt = literal;
            var literalEnd = literal + literals.Length;
            if (sequences > 0) op = Run(_tables.Read(source), sequences, ref literalAt, literalEnd, frame, op, opEnd);
            else if (!source.IsEmpty) throw Damaged();
            var rest = literalEnd - literalAt;
            if (rest > opEnd - op) ThrowDamaged();
            Buffer.MemoryCopy(literalAt, op, rest, rest);
            return op + rest;
        }
    }

    private byte* Run(ReadOnlySpan<byte> source, int sequences, ref byte* literal, byte* literalEnd, byte* frame, byte* op, byte* opEnd)
    {
        fixed (byte* input = source)
        fixed (FseCell* lengths = _tables.LiteralLengths.Cells)
        fixed (FseCell* matches = _tables.MatchLengths.Cells)
        fixed (FseCell* offsets = _tables.Offsets.Cells)
            return Run(ReverseBits.Open(input, source.Length), sequences, lengths, matches, offsets, ref literal, literalEnd, frame, op, opEnd);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private byte* Run(
        ReverseBits opened, int sequences, FseCell* lengths, FseCell* matches, FseCell* offsets, ref byte* literalAt, byte* literalEnd, byte* frame, byte* op, byte* opEnd)
    {
        var bits = opened;
        var literal = literalAt;
        var (first, second, third) = (_offsets[0], _offsets[1], _offsets[2]);
        var lengthCell = lengths + bits.Read(_tables.LiteralLengths.Log);
        var offsetCell = offsets + bits.Read(_tables.Offsets.Log);
        var matchCell = matches + bits.Read(_tables.MatchLengths.Log);
        while (true)
        {
            bits.Reload();

            // 57 bits are there, and the three next states take 26 of them at most.
            var isLong = lengthCell->Extra + offsetCell->Extra + matchCell->Extra > 30;
            var code = offsetCell->Base + bits.Read(offsetCell->Extra);
            if (isLong) bits.Reload();
            long matchLength = matchCell->Base + bits.Read(matchCell->Extra);
            long length = lengthCell->Base + bits.Read(lengthCell->Extra);
            if (isLong) bits.Reload();

            uint offset;
            if (code > 3)
            {
                offset = code - 3;
                (first, second, third) = (offset, first, second);
            }
            else if (code == 1 && length != 0)
            {
                offset = first;
            }
            else
            {
                // Without literals the most recent offset can not come again: the codes mean the next ones, and one less than the first.
                var which = length == 0 ? code + 1 : code;
                offset = which switch { 2 => second, 3 => third, _ => first - 1 };
                third = which == 2 ? third : second;
                (first, second) = (offset, first);
            }

            sequences--;
            if (sequences > 0)
            {
                lengthCell = lengths + lengthCell->Next + bits.Read(lengthCell->Bits);
                matchCell = matches + matchCell->Next + bits.Read(matchCell->Bits);
                offsetCell = offsets + offsetCell->Next + bits.Read(offsetCell->Bits);
            }

            if (length > literalEnd - literal || length + matchLength > opEnd - op) ThrowDamaged();
            if (opEnd - op >= length + MatchCopy.Slack) MatchCopy.Wide(literal, op, length);
            else Buffer.MemoryCopy(literal, op, length, length);
            literal += length;
            op += length;
            if (offset == 0 || offset > op - frame) ThrowDamaged();
            MatchCopy.Repeat(op, offset, matchLength, opEnd);
            op += matchLength;
            if (sequences == 0) break;
        }

        bits.Reload();
        if (!bits.IsComplete) ThrowDamaged();
        (_offsets[0], _offsets[1], _offsets[2]) = (first, second, third);
        literalAt = literal;
        return op;
    }

    private static int ReadCount(ref ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty) throw Damaged();
        int first = source[0];
        var bytes = first < 128 ? 1 : first < 255 ? 2 : 3;
        if (source.Length < bytes) throw Damaged();
        var count = bytes switch { 1 => first, 2 => (first - 128 << 8) + source[1], _ => source[1] + (source[2] << 8) + 0x7f00 };
        source = source[bytes..];
        return count;
    }

    [DoesNotReturn]
    private static void ThrowDamaged() => throw Damaged();

    private static InvalidDataException Damaged() => new("A block's sequences are damaged.");
}
