using System.Numerics;

namespace DataMesh.Formats.Compression;

/// <summary>The decoding table of a finite state entropy code (RFC 8878, 4.1).</summary>
/// <param name="logMax">The largest accuracy that the table may have.</param>
/// <param name="codes">What its symbols mean.</param>
internal sealed class FseTable(int logMax, FseCodes codes)
{
    private readonly short[] _counts = new short[codes.Count];
    private readonly ushort[] _next = new ushort[codes.Count];

    /// <summary>The states; the first 2^<see cref="Log"/> are in use.</summary>
    public FseCell[] Cells { get; } = new FseCell[1 << logMax];

    /// <summary>The accuracy: the number of bits that name the first state.</summary>
    public int Log { get; private set; }

    /// <summary>A table that is never built anew.</summary>
    public static FseTable Fixed(int log, FseCodes codes, ReadOnlySpan<short> counts)
    {
        var table = new FseTable(log, codes);
        counts.CopyTo(table._counts);
        table.Build(log);
        return table;
    }

    /// <summary>The table whose only symbol takes no bits.</summary>
    public void BuildSingle(int symbol)
    {
        if (symbol >= codes.Count) throw new InvalidDataException("A repeated symbol is out of range.");
        Log = 0;
        Cells[0] = new FseCell { Base = codes.Bases[symbol], Extra = codes.Extra[symbol] };
    }

    /// <summary>Reads the description of a table and builds it; returns the length of the description.</summary>
    public int Read(ReadOnlySpan<byte> source)
    {
        Array.Clear(_counts);
        var bits = new ForwardBits(source);
        var log = (int)bits.Read(4) + 5;
        if (log > logMax) throw new InvalidDataException("A table of probabilities is too large.");
        var left = (1 << log) + 1;
        for (var symbol = 0; left > 1;)
        {
            if (symbol >= _counts.Length) throw new InvalidDataException("A table of probabilities has too many symbols.");
            var count = ReadCount(ref bits, left);
            left -= Math.Abs(count);
            if (left < 1) throw new InvalidDataException("Probabilities add up to more than one.");
            _counts[symbol++] = (short)count;
            if (count == 0) symbol += ReadZeros(ref bits, _counts.Length);
        }

        Build(log);
        return bits.BytesRead;
    }

    /// <summary>A count is written with as many bits as the probability that is left needs, the smaller ones with one bit less.</summary>
    private static int ReadCount(ref ForwardBits bits, int left)
    {
        var width = BitOperations.Log2((uint)left);
        var threshold = 1 << width;
        var shorter = 2 * threshold - 1 - left;
        var value = (int)bits.Peek(width + 1);
        if ((value & threshold - 1) < shorter)
        {
            bits.Skip(width);
            return (value & threshold - 1) - 1;
        }

        bits.Skip(width + 1);
        return (value >= threshold ? value - shorter : value) - 1;
    }

    private static int ReadZeros(ref ForwardBits bits, int max)
    {
        var zeros = 0;
        while (zeros <= max)
        {
            var more = (int)bits.Read(2);
            zeros += more;
            if (more < 3) break;
        }

        return zeros;
    }

    private void Build(int log)
    {
        Log = log;
        var size = 1 << log;
        Span<byte> symbols = stackalloc byte[size];
        Spread(symbols);
        for (var i = 0; i < size; i++)
        {
            var symbol = symbols[i];
            var next = _next[symbol]++;
            var bits = log - BitOperations.Log2(next);
            Cells[i] = new FseCell { Base = codes.Bases[symbol], Extra = codes.Extra[symbol], Bits = (byte)bits, Next = (ushort)((next << bits) - size) };
        }
    }

    /// <summary>Deals the states out to the symbols: those less likely than one state (count -1) from the end, the others in fixed steps.</summary>
    private void Spread(Span<byte> symbols)
    {
        var (size, high) = (symbols.Length, symbols.Length - 1);
        for (var symbol = 0; symbol < _counts.Length; symbol++)
        {
            _next[symbol] = (ushort)Math.Abs(_counts[symbol]);
            if (_counts[symbol] == -1) symbols[high--] = (byte)symbol;
        }

        var (at, step) = (0, (size >> 1) + (size >> 3) + 3);
        for (var symbol = 0; symbol < _counts.Length; symbol++)
        {
            for (var i = 0; i < _counts[symbol]; i++)
            {
                symbols[at] = (byte)symbol;
                do at = at + step & size - 1;
                while (at > high);
            }
        }
    }
}
