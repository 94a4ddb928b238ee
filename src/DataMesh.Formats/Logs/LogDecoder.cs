using System.Runtime.InteropServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Logs;

/// <summary>Blocks of log lines to batches. Lines that do not match are set aside.</summary>
internal sealed class LogDecoder(LogDialect dialect, Schema file, DecodePlan plan) : TextBlockDecoder
{
    private const int LinesAtOnce = 1024;
    private readonly LogLines _lines = new(dialect.Pattern);
    private readonly FieldBatches _batches = new(dialect.Fields, file, plan);
    private readonly List<CsvBadRecord> _bad = [];
    private readonly List<int> _starts = [];
    private readonly List<int> _numbers = [];
    private readonly List<int> _places = [];

    /// <inheritdoc/>
    protected override void DecodeText(TextBlock block, DecodeOutput output)
    {
        _batches.Begin();
        for (var at = 0; at < block.Length;)
        {
            at = Split(block, at);
            if (_lines.Count > 0 || _starts.Count > 0) _batches.Add(Records(), block, output.NeedsOrigin, CollectionsMarshal.AsSpan(_starts), CollectionsMarshal.AsSpan(_numbers));
            _batches.AddBad(_bad);
        }

        _batches.Finish(block, output);
    }

    /// <summary>Takes some lines apart; returns where to go on.</summary>
    private int Split(TextBlock block, int at)
    {
        _lines.Clear();
        _bad.Clear();
        _starts.Clear();
        _numbers.Clear();
        _places.Clear();
        while (at < block.Length && _starts.Count < LinesAtOnce)
        {
            var end = block.Text[at..].IndexOf((byte)'\n');
            var next = end < 0 ? block.Length : at + end + 1;
            var line = TextBlock.TrimLineEnd(block.Text[at..next]);
            if (line.Length > 0) Add(line, at);
            _starts.Add(at);
            at = next;
        }

        return at;
    }

    private void Add(ReadOnlySpan<byte> line, int at)
    {
        if (_lines.TryAdd(line))
        {
            _numbers.Add(_starts.Count);
            _places.Add(at);
            _places.Add(at + line.Length);
        }
        else
        {
            _bad.Add(new CsvBadRecord(at, at + line.Length, QuarantineReasons.Undecodable, $"the line does not match the pattern '{dialect.Pattern.Name}'"));
        }
    }

    private CsvRecords Records() => new(ref MemoryMarshal.GetArrayDataReference(_lines.Text))
    {
        Bounds = _lines.Bounds,
        Stride = dialect.Pattern.Fields.Count + 1,
        Count = _lines.Count,
        FieldCount = dialect.Pattern.Fields.Count,
        HasQuotes = false,
        Lines = CollectionsMarshal.AsSpan(_places),
    };
}

/// <summary>How the lines of one file are read.</summary>
/// <param name="Pattern">Their form.</param>
/// <param name="Fields">How the fields are written.</param>
internal sealed record LogDialect(LogPattern Pattern, CsvDialect Fields)
{
    /// <summary>How its dates and times are written.</summary>
    public WrittenTimes Times => new(Fields.DateLayouts, Fields.TimeZone);
}
