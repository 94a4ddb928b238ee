using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Json;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Logs;

/// <summary>Blocks of <c>key=value</c> lines to batches: lines become JSON records, and these are read as such. Lines of another form are set aside.</summary>
internal sealed class LogfmtDecoder(DecodePlan plan, JsonDialect dialect) : TextBlockDecoder
{
    private readonly JsonBlockDecoder _json = new(plan, dialect);
    private readonly List<int> _starts = [];
    private readonly List<int> _records = [];
    private readonly List<int> _recordStarts = [];
    private byte[] _text = [];

    /// <inheritdoc/>
    protected override void DecodeText(TextBlock block, DecodeOutput output)
    {
        var length = Translate(block, output);
        if (_records.Count == 0) return;
        var buffer = PooledBuffer.Rent(length + TextBlock.Slack);
        _text.AsSpan(0, length).CopyTo(buffer.Array);
        using var records = new TextBlock(buffer, length) { SourceName = block.SourceName, Start = 0, End = length, Sequence = block.Sequence };
        _recordStarts.Add(length);
        records.SetRecordStarts(Copy(_recordStarts), _records.Count);
        _starts.Add(block.Length);
        block.SetRecordStarts(Copy(_starts), _starts.Count - 1);
        _json.Decode(records, new LogfmtOutput(block, _records, _recordStarts, output));
    }

    /// <summary>Writes the lines as records, one behind the other; returns how long that is.</summary>
    private int Translate(TextBlock block, DecodeOutput output)
    {
        _starts.Clear();
        _records.Clear();
        _recordStarts.Clear();
        var length = 0;
        for (var at = 0; at < block.Length;)
        {
            var end = block.Text[at..].IndexOf((byte)'\n');
            var next = end < 0 ? block.Length : at + end + 1;
            var line = TextBlock.TrimLineEnd(block.Text[at..next]);
            if (line.ContainsAnyExcept((byte)' ', (byte)'\t')) length += Add(line, block.Start + at, length, output);
            _starts.Add(at);
            at = next;
        }

        return length;
    }

    private int Add(ReadOnlySpan<byte> line, long position, int from, DecodeOutput output)
    {
        var room = LogfmtLine.RoomFor(line.Length);
        if (_text.Length < from + room) Array.Resize(ref _text, Math.Max(from + room, _text.Length * 2));
        var length = LogfmtLine.Write(line, _text.AsSpan(from), out var problem, out _, out _);
        if (length < 0)
        {
            output.Bad(line, position, QuarantineReasons.Undecodable, problem!);
            return 0;
        }

        _records.Add(_starts.Count);
        _recordStarts.Add(from);
        _text[from + length] = (byte)'\n';
        return length + 1;
    }

    private static PooledBuffer Copy(List<int> numbers)
    {
        var copy = PooledBuffer.Rent<int>(numbers.Count);
        numbers.CopyTo(copy.As<int>());
        return copy;
    }
}

/// <summary>Passes on what became of the records, as of the lines that they were made from.</summary>
/// <param name="block">The lines.</param>
/// <param name="lines">The line of each record.</param>
/// <param name="starts">Where each record begins.</param>
/// <param name="output">Where to.</param>
internal sealed class LogfmtOutput(TextBlock block, List<int> lines, List<int> starts, DecodeOutput output) : DecodeOutput
{
    public override bool NeedsOrigin => output.NeedsOrigin;

    public override void Emit(RecordBatch batch)
    {
        if (batch.Origin is not { } origin)
        {
            output.Emit(batch);
            return;
        }

        var rows = new int[batch.Length];
        for (var row = 0; row < rows.Length; row++) rows[row] = lines[origin.RecordOf(row)];
        using (batch) output.Emit(new RecordBatch(batch.Schema, [.. batch.Columns.Select(column => column.Share())], batch.Length, new RowOrigin(block.Share(), rows)));
    }

    public override void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail)
    {
        var line = LineAt(position);
        var place = detail.LastIndexOf(" (byte ", StringComparison.Ordinal);
        output.Bad(block.RecordBytes(line), block.RecordPosition(line), reason, place < 0 ? detail : detail[..place]);
    }

    public override void Misfit(ReadOnlySpan<byte> record, long position, in MisfitValue value, string detail)
    {
        var line = LineAt(position);
        output.Misfit(block.RecordBytes(line), block.RecordPosition(line), value, detail);
    }

    public override void Widen(string column, DataType type) => output.Widen(column, type);

    public override void UnknownColumn(string column, DataType type, long count, long firstPosition) =>
        output.UnknownColumn(column, type, count, block.RecordPosition(LineAt(firstPosition)));

    private int LineAt(long position)
    {
        var found = starts.BinarySearch((int)position);
        return lines[Math.Clamp(found >= 0 ? found : ~found - 1, 0, lines.Count - 1)];
    }
}
