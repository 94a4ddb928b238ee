using System.Text.Unicode;
using DataMesh.Core.Components;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>A record that can not become a row: its bytes (line end excluded) and why.</summary>
internal readonly record struct CsvBadRecord(int Start, int End, string Reason, string Detail, MisfitValue? Misfit = null);

/// <summary>Sorts records one by one: good ones, wrong ones, blank lines and comments.</summary>
internal sealed class CsvIrregular(CsvDialect dialect)
{
    private int[] _bounds = [];
    private int[] _numbers = [];
    private int[] _lineStarts = [];
    private int _lines;
    private int _good;

    /// <summary>Records that can not become rows.</summary>
    public List<CsvBadRecord> Bad { get; } = [];

    /// <summary>For every good record the number of its line.</summary>
    public ReadOnlySpan<int> RecordNumbers => _numbers.AsSpan(0, _good);

    /// <summary>Where every line begins, blank ones included.</summary>
    public ReadOnlySpan<int> LineStarts => _lineStarts.AsSpan(0, _lines);

    /// <summary>How many positions the records used up.</summary>
    public int Taken { get; private set; }

    /// <summary>Sorts all complete records; the positions of good ones come out <c>FieldCount + 1</c> apart.</summary>
    public ReadOnlySpan<int> Sort(CsvPositions positions, out int count, out bool hasReturns)
    {
        var text = positions.Text;
        var found = positions.Found;
        Reserve(positions.Count, positions.LineEnds);
        (_lines, _good, hasReturns) = (0, 0, false);
        var first = 0;
        var length = 0;
        for (var i = 1; i < found.Length; i++)
        {
            var end = found[i];
            if (text[end] != dialect.Terminator) continue;
            var record = TextBlock.TrimLineEnd(text.AsSpan(found[first] + 1, end - found[first]));
            if (IsGood(record, i - first, found[first] + 1, positions))
            {
                hasReturns |= dialect.Terminator == '\n' && end > 0 && text[end - 1] == '\r';
                found[first..(i + 1)].CopyTo(_bounds.AsSpan(length));
                length += i + 1 - first;
                _numbers[_good++] = _lines;
            }

            _lineStarts[_lines++] = found[first] + 1;
            first = i;
        }

        Taken = first;
        count = _good;
        return _bounds.AsSpan(0, length);
    }

    private bool IsGood(ReadOnlySpan<byte> record, int fields, int start, CsvPositions positions)
    {
        if (record.IsEmpty && dialect.FieldCount > 1) return false;
        if (CsvScalar.IsComment(record, dialect)) return false;
        var (reason, detail) = Fault(record, fields, positions.IsMalformed(start));
        if (reason is null) return true;
        Bad.Add(new CsvBadRecord(start, start + record.Length, reason, detail));
        return false;
    }

    private (string? Reason, string Detail) Fault(ReadOnlySpan<byte> record, int fields, bool isMalformed)
    {
        if (isMalformed) return (QuarantineReasons.Undecodable, "text behind a closing quote, or a quote that is never closed");
        if (fields != dialect.FieldCount) return (QuarantineReasons.FieldCount, $"{fields} fields where {dialect.FieldCount} are expected");
        return Utf8.IsValid(record) ? (null, "") : (QuarantineReasons.Undecodable, "not valid UTF-8");
    }

    private void Reserve(int positions, int records)
    {
        if (_bounds.Length < positions + records) _bounds = new int[positions + records];
        if (_numbers.Length >= records) return;
        _numbers = new int[records];
        _lineStarts = new int[records];
    }
}
