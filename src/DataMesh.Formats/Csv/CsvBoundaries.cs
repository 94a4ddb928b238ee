using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>Record ends of CSV whose quoted fields may hold line ends.</summary>
internal sealed class CsvBoundaries(CsvDialect dialect, CsvVectors vectors = CsvVectors.Best) : RecordBoundaries
{
    /// <summary>Lines looked at to tell a broken quote from a truly large field.</summary>
    private const int EvidenceLines = 8;

    /// <inheritdoc/>
    public override int Last(ReadOnlySpan<byte> text)
    {
        if (dialect.Comment.Length > 0) return LastScalar(text);
        if (dialect.Quote == 0 || !text.Contains(dialect.Quote)) return text.LastIndexOf(dialect.Terminator) + 1;
        var whole = (text.Length - 1) & ~63;
        var last = (vectors == CsvVectors.Best ? QuoteParity.Best : vectors) switch
        {
            CsvVectors.Bits512 => LastByParity(text, whole, new CsvMasks512(dialect)),
            CsvVectors.Bits256 => LastByParity(text, whole, new CsvMasks256(dialect)),
            _ => LastByParity(text, whole, new CsvMasks64(dialect)),
        };
        return last < 0 ? LastScalar(text) : last;
    }

    /// <inheritdoc/>
    public override int Recover(ReadOnlySpan<byte> text, bool atEnd)
    {
        if (CsvScalar.RecordEnd(text, 0, dialect, out _, out var isInsideQuotes) >= 0 || !isInsideQuotes) return -1;
        var next = text.IndexOf(dialect.Terminator) + 1;
        if (next == 0) return -1;
        return atEnd || LooksLikeRecords(text[next..]) ? next : -1;
    }

    /// <inheritdoc/>
    public override RecordSkip Skip() => new CsvSkip(dialect);

    /// <summary>The last record end, or -1 when parity can not be trusted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int LastByParity<TMasks>(ReadOnlySpan<byte> text, int whole, TMasks masks) where TMasks : struct, ICsvMasks
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var state = QuoteState.AtRecordStart;
        var last = 0;
        for (var at = 0; at < whole; at += 64)
        {
            ref var here = ref Unsafe.Add(ref start, at);
            masks.Load(ref here, out var quotes, out var delimiters, out var lineEnds, out _);
            state.Step(quotes, ref delimiters, ref lineEnds, ref here);
            // A line end comes every few steps, which no processor can guess: chosen without a branch.
            var has = (int)((long)(lineEnds | 0 - lineEnds) >> 63);
            last = ((at + 64 - BitOperations.LeadingZeroCount(lineEnds)) & has) | (last & ~has);
        }

        return state.IsStray ? -1 : LastInTail(text, whole, last, state, masks);
    }

    /// <summary>The last bytes are copied, so that nothing behind the text is read.</summary>
    private int LastInTail<TMasks>(ReadOnlySpan<byte> text, int whole, int last, QuoteState state, TMasks masks) where TMasks : struct, ICsvMasks
    {
        Span<byte> tail = stackalloc byte[128];
        // Filled with line ends, so that a closing quote at the very end is followed by something that may follow it.
        tail.Fill(dialect.Terminator);
        var rest = text[whole..];
        rest.CopyTo(tail);
        ref var here = ref MemoryMarshal.GetReference(tail);
        masks.Load(ref here, out var quotes, out var delimiters, out var lineEnds, out _);
        state.Step(quotes, ref delimiters, ref lineEnds, ref here);
        lineEnds &= ulong.MaxValue >> (64 - rest.Length);
        if (state.IsStray) return -1;
        return lineEnds == 0 ? last : whole + 64 - BitOperations.LeadingZeroCount(lineEnds);
    }

    private int LastScalar(ReadOnlySpan<byte> text)
    {
        var last = 0;
        while (last < text.Length)
        {
            var end = CsvScalar.RecordEnd(text, last, dialect, out _, out _);
            if (end < 0) break;
            last = end;
        }

        return last;
    }

    private bool LooksLikeRecords(ReadOnlySpan<byte> text)
    {
        if (dialect.FieldCount < 2) return false;
        var (at, seen, fitting) = (0, 0, 0);
        for (; seen < EvidenceLines && at < text.Length; seen++)
        {
            var end = CsvScalar.RecordEnd(text, at, dialect, out var fields, out _);
            if (end < 0) break;
            if (fields == dialect.FieldCount) fitting++;
            at = end;
        }

        return fitting > 0 && fitting * 2 >= seen;
    }
}
