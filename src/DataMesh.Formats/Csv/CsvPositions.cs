using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>The positions of delimiters and line ends in a block, found piece by piece: by vectors as long as quotes are where they belong, else by the scalar rules.</summary>
internal sealed class CsvPositions(CsvDialect dialect, CsvVectors vectors)
{
    private readonly HashSet<int> _malformed = [];
    private readonly NonAsciiChunks _nonAscii = new();
    private int[] _found = new int[4096];
    private int _taken;
    private int _limit;
    private int _at;
    private QuoteState _state;

    /// <summary>The block's text, with a line end behind the last record.</summary>
    public byte[] Text { get; private set; } = [];

    /// <summary>Index 0: the position before the first record that is not taken yet; then <see cref="Count"/> delimiters and line ends.</summary>
    public ReadOnlySpan<int> Found => _found.AsSpan(0, Count + 1);

    /// <summary>Delimiters and line ends found.</summary>
    public int Count { get; private set; }

    /// <summary>Line ends among them.</summary>
    public int LineEnds { get; private set; }

    /// <summary>Whether the scalar rules are in force, so that records may be malformed or comments.</summary>
    public bool IsScalar { get; private set; }

    /// <summary>Whether a quote was seen in the block.</summary>
    public bool HasQuotes { get; private set; }

    /// <summary>Whether the records not taken yet, up to <paramref name="end"/>, are UTF-8; only known as long as the scalar rules are not in force.</summary>
    public bool IsUtf8(int end) => _nonAscii.IsUtf8(Text, _found[0] + 1, end);

    /// <summary>Whether the record that begins here breaks the rules of quoting.</summary>
    public bool IsMalformed(int start) => _malformed.Contains(start);

    /// <summary>Begins with a block.</summary>
    public void Begin(TextBlock block)
    {
        Text = block.Array;
        _limit = block.Length;
        if (_limit > 0 && Text[_limit - 1] != dialect.Terminator) Text[_limit++] = dialect.Terminator;
        (_at, _taken, Count, LineEnds) = (0, 0, 0, 0);
        _found[0] = -1;
        _state = QuoteState.AtRecordStart;
        IsScalar = dialect.Comment.Length > 0;
        HasQuotes = false;
        _malformed.Clear();
        _nonAscii.Clear();
    }

    /// <summary>Drops the first <paramref name="count"/> positions, ending with a line end, at the next <see cref="Scan"/>: until then <see cref="Found"/> stays readable.</summary>
    public void Take(int count)
    {
        _taken = count;
        LineEnds = 0;
    }

    /// <summary>Looks at the next <paramref name="bytes"/> bytes; false when nothing is left.</summary>
    public bool Scan(int bytes)
    {
        DropTaken();
        if (_at >= _limit) return false;
        if (IsScalar) return ScanScalar(bytes);
        var to = (int)Math.Min((long)_at + bytes, _limit);
        Reserve(to - _at + 64);
        var before = Count;
        var keepsPromise = vectors switch
        {
            CsvVectors.Bits512 => ScanByParity(to, new CsvMasks512(dialect)),
            CsvVectors.Bits256 => ScanByParity(to, new CsvMasks256(dialect)),
            _ => ScanByParity(to, new CsvMasks64(dialect)),
        };
        if (keepsPromise && !_state.IsStray && !(_at >= _limit && _state.IsInside)) return true;
        Count = before;
        return RestartScalar(bytes);
    }

    private void DropTaken()
    {
        if (_taken == 0) return;
        Count -= _taken;
        _found.AsSpan(_taken, Count + 1).CopyTo(_found);
        _taken = 0;
        _nonAscii.DropBefore(_found[0] + 1);
    }

    private void Reserve(int more)
    {
        if (_found.Length < Count + more + 16) Array.Resize(ref _found, Count + more + 16);
    }

    /// <summary>Scans 64 bytes a step; false when a line end is quoted although the dialect promises that none is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ScanByParity<TMasks>(int to, TMasks masks) where TMasks : struct, ICsvMasks
    {
        ref var text = ref MemoryMarshal.GetArrayDataReference(Text);
        ref var found = ref MemoryMarshal.GetArrayDataReference(_found);
        var (state, next, lineEndCount) = (_state, Count + 1, 0);
        var isQuoting = dialect.Quote != 0;
        ulong anyQuote = 0, quotedLineEnds = 0;
        ref var chunk = ref _nonAscii.Reserve((to - _at) / 64 + 2);
        var chunks = 0;
        var at = _at;
        for (; at < to; at += 64)
        {
            ref var here = ref Unsafe.Add(ref text, at);
            masks.Load(ref here, out var quotes, out var delimiters, out var lineEnds, out var high);
            if (_limit - at < 64)
            {
                var within = (1UL << (_limit - at)) - 1;
                (quotes, delimiters, lineEnds, high) = (quotes & within, delimiters & within, lineEnds & within, high & within);
            }

            var unquoted = lineEnds;
            if (isQuoting) state.Step(quotes, ref delimiters, ref lineEnds, ref here);
            quotedLineEnds |= unquoted ^ lineEnds;
            anyQuote |= quotes;
            Unsafe.Add(ref chunk, chunks) = at;
            chunks += high != 0 ? 1 : 0;
            lineEndCount += BitOperations.PopCount(lineEnds);
            next = masks.Write(ref found, next, delimiters | lineEnds, at);
        }

        _at = at;
        _state = state;
        Count = next - 1;
        LineEnds += lineEndCount;
        HasQuotes |= isQuoting && anyQuote != 0;
        _nonAscii.Added(chunks);
        return quotedLineEnds == 0 || dialect.QuotedNewlines;
    }

    private bool RestartScalar(int bytes)
    {
        IsScalar = true;
        _at = _found[0] + 1;
        Count = 0;
        LineEnds = 0;
        return ScanScalar(bytes);
    }

    private bool ScanScalar(int bytes)
    {
        var to = (int)Math.Min((long)_at + bytes, _limit);
        while (_at < to) ScanRecord();
        HasQuotes = dialect.Quote != 0;
        return true;
    }

    private void ScanRecord()
    {
        var text = Text.AsSpan(0, _limit);
        var start = _at;
        LineEnds++;
        if (CsvScalar.IsComment(text[start..], dialect))
        {
            Add(start + text[start..].IndexOf(dialect.Terminator));
            return;
        }

        while (true)
        {
            var how = CsvScalar.Next(text, _at, dialect, out var end, out var isMalformed);
            if (isMalformed) _malformed.Add(start);
            // Inside quotes to the end of the block: the last byte, a line end, must do.
            Add(Math.Min(end, _limit - 1));
            if (how != CsvScalar.FieldEnd.Delimiter) return;
        }
    }

    private void Add(int position)
    {
        Reserve(1);
        _found[++Count] = position;
        _at = position + 1;
    }
}
