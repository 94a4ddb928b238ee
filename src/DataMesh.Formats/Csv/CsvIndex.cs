using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>
/// Finds records and fields in a block, some tens of kilobytes at a time, so that positions and text are still in the fast caches when the columns
/// are parsed. Where every record has the expected number of fields the positions serve as they were found; anything else is sorted out record by record.
/// </summary>
internal sealed class CsvIndex(CsvDialect dialect, CsvVectors vectors = CsvVectors.Best, int segmentBytes = CsvIndex.SegmentBytesDefault)
{
    public const int SegmentBytesDefault = 32 << 10;

    private readonly CsvPositions _positions = new(dialect, vectors == CsvVectors.Best ? QuoteParity.Best : vectors);
    private readonly CsvIrregular _irregular = new(dialect);
    private readonly int _segmentBytes = Math.Max(segmentBytes & ~63, 64);
    private int[] _lastBounds = [];
    private int[] _starts = [];
    private bool _isIrregular;

    /// <summary>Records of the last segment that can not become rows.</summary>
    public List<CsvBadRecord> Bad => _irregular.Bad;

    /// <summary>For every record of the last segment its number among all lines of the segment, bad and blank ones included; empty when they are the same.</summary>
    public ReadOnlySpan<int> RecordNumbers => _isIrregular ? _irregular.RecordNumbers : default;

    /// <summary>Begins with a block.</summary>
    public void Begin(TextBlock block) => _positions.Begin(block);

    /// <summary>Finds the records of the next segment; false at the end of the block.</summary>
    public bool Next(out CsvRecords records)
    {
        Bad.Clear();
        while (_positions.Scan(_segmentBytes))
        {
            if (_positions.LineEnds == 0) continue;
            records = Take();
            return true;
        }

        records = default;
        return false;
    }

    /// <summary>Where each line of the last segment begins, bad and blank ones included.</summary>
    public ReadOnlySpan<int> LineStarts(in CsvRecords records)
    {
        if (_isIrregular) return _irregular.LineStarts;
        if (_starts.Length < records.Count) _starts = new int[records.Count * 2];
        for (var i = 0; i < records.Count; i++) _starts[i] = records.Start(i);
        return _starts.AsSpan(0, records.Count);
    }

    private CsvRecords Take()
    {
        var (count, fields) = (_positions.LineEnds, dialect.FieldCount);
        var hasReturns = false;
        _isIrregular = _positions.IsScalar || (long)count * fields > _positions.Count
            || !IsRegular(_positions.Text, _positions.Found, count, fields, dialect.Terminator, out hasReturns)
            || !_positions.IsUtf8(_positions.Found[count * fields]);
        if (_isIrregular)
        {
            var bounds = _irregular.Sort(_positions, out count, out hasReturns);
            _positions.Take(_irregular.Taken);
            return Records(bounds, fields + 1, count, fields, hasReturns);
        }

        var found = _positions.Found;
        _positions.Take(count * fields);
        return Records(found, fields, count, fields, hasReturns);
    }

    private CsvRecords Records(ReadOnlySpan<int> bounds, int stride, int count, int fields, bool hasReturns) => new(ref MemoryMarshal.GetArrayDataReference(_positions.Text))
    {
        Bounds = bounds,
        Stride = stride,
        Count = count,
        FieldCount = fields,
        HasQuotes = _positions.HasQuotes,
        LastBounds = hasReturns ? CutReturns(bounds, stride, count, fields) : default,
    };

    /// <summary>Whether every <paramref name="fields"/>-th position is a line end: as there are <paramref name="count"/> line ends in all, no other is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsRegular(byte[] text, ReadOnlySpan<int> positions, int count, int fields, byte terminator, out bool hasReturns)
    {
        ref var start = ref MemoryMarshal.GetArrayDataReference(text);
        ref var found = ref MemoryMarshal.GetReference(positions);
        var (wrong, returns) = (0, false);
        for (var i = 1; i <= count; i++)
        {
            var end = Unsafe.Add(ref found, i * fields);
            wrong |= Unsafe.Add(ref start, end) ^ terminator;
            returns |= Unsafe.Add(ref start, end == 0 ? 0 : end - 1) == '\r';
        }

        hasReturns = returns && terminator == '\n';
        return wrong == 0;
    }

    /// <summary>Positions for the last field alone, with the carriage return before the line end cut off.</summary>
    private ReadOnlySpan<int> CutReturns(ReadOnlySpan<int> bounds, int stride, int count, int fields)
    {
        if (_lastBounds.Length < count * 2) _lastBounds = new int[count * 2];
        for (var i = 0; i < count; i++)
        {
            var (before, end) = (bounds[i * stride + fields - 1], bounds[i * stride + fields]);
            _lastBounds[2 * i] = before;
            _lastBounds[2 * i + 1] = end - 1 > before && _positions.Text[end - 1] == '\r' ? end - 1 : end;
        }

        return _lastBounds.AsSpan(0, count * 2);
    }
}
