using System.Runtime.CompilerServices;

namespace DataMesh.Formats.Csv;

/// <summary>
/// Separates structural delimiters and line ends from quoted ones, 64 bytes a step, by the parity of quotes.
/// Parity is the truth only while every quote opens at the start of a field and closes at its end (or is doubled): that is checked along the way,
/// and <see cref="IsStray"/> tells that text was met for which only the scalar rules (<see cref="CsvScalar"/>) are right.
/// </summary>
internal struct QuoteState
{
    private ulong _inside;
    private ulong _mayOpen;
    private ulong _mustEnd;
    private ulong _stray;

    /// <summary>At a record boundary.</summary>
    public static QuoteState AtRecordStart => new() { _mayOpen = 1 };

    /// <summary>Whether a quote stood where none can open or close.</summary>
    public readonly bool IsStray => _stray != 0;

    /// <summary>Whether the text so far ends inside quotes.</summary>
    public readonly bool IsInside => _inside != 0;

    /// <summary>Takes the masks of 64 bytes; removes the quoted ones from <paramref name="delimiters"/> and <paramref name="lineEnds"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(ulong quotes, ref ulong delimiters, ref ulong lineEnds, ref byte text)
    {
        var inside = QuoteParity.PrefixXor(quotes) ^ _inside;
        var opening = quotes & inside;
        var closing = quotes & ~inside;
        delimiters &= ~inside;
        lineEnds &= ~inside;
        var ends = delimiters | lineEnds;
        var mayOpen = ends | closing;
        var afterClosing = (closing << 1 | _mustEnd) & ~(ends | quotes);
        if (afterClosing != 0) _stray |= NotReturns(afterClosing, ref text);
        _stray |= opening & ~(mayOpen << 1 | _mayOpen);
        _inside = (ulong)((long)inside >> 63);
        _mayOpen = mayOpen >> 63;
        _mustEnd = closing >> 63;
    }

    /// <summary>A carriage return before a line feed may follow a closing quote too.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong NotReturns(ulong positions, ref byte text)
    {
        for (var rest = positions; rest != 0; rest &= rest - 1)
        {
            var at = System.Numerics.BitOperations.TrailingZeroCount(rest);
            if (Unsafe.Add(ref text, at) == '\r' && Unsafe.Add(ref text, at + 1) == '\n') positions &= ~(1UL << at);
        }

        return positions;
    }
}
