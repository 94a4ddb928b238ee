using System.Numerics;

namespace DataMesh.Formats.Compression;

/// <summary>The table of a Zstandard Huffman code (RFC 8878, 4.2.1): a cell for each possible next <see cref="Log"/> bits.</summary>
internal sealed class HuffmanTable
{
    /// <summary>The longest code.</summary>
    public const int LogMax = 11;

    private readonly FseTable _weightTable = new(6, FseCodes.Weights);
    private readonly byte[] _weights = new byte[256];

    /// <summary>Length of the code in the low byte, symbol in the high byte.</summary>
    public ushort[] Cells { get; } = new ushort[1 << LogMax];

    /// <summary>The length of the longest code; 0 before the first table was read.</summary>
    public int Log { get; private set; }

    /// <summary>Forgets the table.</summary>
    public void Reset() => Log = 0;

    /// <summary>Reads the description of a code and builds its table; returns the length of the description.</summary>
    public int Read(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty) throw Damaged();
        int header = source[0];
        var isPacked = header >= 128;
        var length = isPacked ? (header - 126) / 2 : header;
        if (length > source.Length - 1) throw Damaged();
        var body = source.Slice(1, length);
        Build(isPacked ? ReadPacked(body, header - 127) : ReadCompressed(body));
        return length + 1;
    }

    private int ReadPacked(ReadOnlySpan<byte> body, int count)
    {
        for (var i = 0; i < count; i++) _weights[i] = (byte)((i & 1) == 0 ? body[i / 2] >> 4 : body[i / 2] & 15);
        return count;
    }

    /// <summary>Two states take turns until the bits are used up; each then still stands for one weight.</summary>
    private unsafe int ReadCompressed(ReadOnlySpan<byte> body)
    {
        body = body[_weightTable.Read(body)..];
        fixed (byte* start = body)
        {
            var bits = ReverseBits.Open(start, body.Length);
            var cells = _weightTable.Cells;
            var (state, other) = (bits.Read(_weightTable.Log), bits.Read(_weightTable.Log));
            for (var count = 0; count < 254;)
            {
                var cell = cells[state];
                _weights[count++] = (byte)cell.Base;
                state = cell.Next + bits.Read(cell.Bits);
                if (bits.HasOverrun)
                {
                    _weights[count++] = (byte)cells[other].Base;
                    return count;
                }

                bits.Reload();
                (state, other) = (other, state);
            }
        }

        throw Damaged();
    }

    /// <summary>The weight of the last symbol is not written: it is what makes the sum a power of two.</summary>
    private void Build(int count)
    {
        Span<int> perWeight = stackalloc int[16];
        var sum = 0;
        foreach (var weight in _weights.AsSpan(0, count))
        {
            perWeight[weight]++;
            sum += 1 << weight >> 1;
        }

        if (sum is 0 or >= 1 << LogMax) throw Damaged();
        var log = BitOperations.Log2((uint)sum) + 1;
        var rest = (1 << log) - sum;
        if (!BitOperations.IsPow2(rest)) throw Damaged();
        _weights[count] = (byte)(BitOperations.Log2((uint)rest) + 1);
        perWeight[_weights[count]]++;
        Fill(count + 1, log, perWeight);
    }

    private void Fill(int count, int log, ReadOnlySpan<int> perWeight)
    {
        Span<int> starts = stackalloc int[16];
        for (var weight = 1; weight < 15; weight++) starts[weight + 1] = starts[weight] + (perWeight[weight] << weight >> 1);
        for (var symbol = 0; symbol < count; symbol++)
        {
            int weight = _weights[symbol];
            if (weight == 0) continue;
            var cells = 1 << weight >> 1;
            Cells.AsSpan(starts[weight], cells).Fill((ushort)(log + 1 - weight | symbol << 8));
            starts[weight] += cells;
        }

        Log = log;
    }

    private static InvalidDataException Damaged() => new("A Huffman table is damaged.");
}
