using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Json;

/// <summary>
/// Streams through one large document and cuts it into blocks of whole records, in memory bounded by a block and the largest record allowed.
/// To go on from a position it walks the document from its start again, which is how it knows where in the document it is.
/// </summary>
internal sealed class JsonDocumentReader(TextInput input, JsonPath path, FileToOpen file, TextEncoding text, Func<BlockDecoder> decoders) : SplitReader
{
    private readonly JsonRecordScanner _scanner = new(path);
    private readonly int _wanted = Math.Max(file.BlockBytes >= 4096 ? file.BlockBytes - TextBlock.Slack : file.BlockBytes, 1);
    private PooledBuffer? _window;
    private int _length;
    private long _position;
    private int _sequence;
    private bool _atEnd;
    private bool _isDone;

    /// <summary>How the file writes dates and times.</summary>
    public required WrittenTimes Times { get; init; }

    /// <inheritdoc/>
    public override Column? ReadTimes(VarColumn texts, string column, DataType type, out Bitmap? failed) => Times.Read(texts, column, type, out failed);

    /// <inheritdoc/>
    public override long BytesRead => input.BytesRead;

    /// <inheritdoc/>
    public override string RecordFormat => JsonFormat.RecordsAlone;

    /// <inheritdoc/>
    public override LineCounter? CountLines() => new TextLineCounter(file.Path, text);

    /// <inheritdoc/>
    public override BlockDecoder CreateDecoder() => decoders();

    /// <inheritdoc/>
    public override async ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation)
    {
        while (!_isDone && (file.Split.End < 0 || _position < file.Split.End))
        {
            var block = await NextAsync(cancellation).ConfigureAwait(false);
            if (block is null) continue;
            if (block.End > file.From) return block;
            block.Dispose();
        }

        return null;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _window?.Dispose();
        _window = null;
        return input.DisposeAsync();
    }

    /// <summary>The next block; null when the window held none yet.</summary>
    private async ValueTask<TextBlock?> NextAsync(CancellationToken cancellation)
    {
        _window ??= PooledBuffer.Rent(_wanted + TextBlock.Slack);
        await FillAsync(_length < _wanted ? _wanted : Grown(), cancellation).ConfigureAwait(false);
        Scan();
        var toGoOn = file.From - _position;
        if (toGoOn > 0 && toGoOn <= _scanner.At) return Cut((int)toGoOn);
        var toEnd = file.Split.End - _position;
        if (toEnd > 0 && toEnd <= _scanner.At) return Cut((int)toEnd);
        if (_scanner.Records.Length > 0) return Cut(_scanner.Records[_wanted == 1 ? 0 : ^1].End);
        if (_scanner.Fault is { } fault) return await BreakAsync(fault, cancellation).ConfigureAwait(false);
        if (_atEnd) return Last();
        if (_scanner.OpenStart == 0)
            return _length > Limits.RecordBytesMax ? await TooLargeAsync(cancellation).ConfigureAwait(false) : null;
        return Cut(_scanner.OpenStart > 0 ? _scanner.OpenStart : _scanner.At);
    }

    private async ValueTask FillAsync(int wanted, CancellationToken cancellation)
    {
        if (_atEnd) return;
        _window!.SetLength(_length);
        _window.SetLength(wanted + TextBlock.Slack);
        var read = await input.ReadAsync(_window.Array.AsMemory(_length, wanted - _length), cancellation).ConfigureAwait(false);
        _atEnd = read < wanted - _length;
        _length += read;
    }

    private int Grown() => (int)Math.Min(_length * 2L, (long)Limits.RecordBytesMax + 1);

    private unsafe void Scan()
    {
        fixed (byte* text = _window!.Array) _scanner.Scan(text, _length, _atEnd);
    }

    /// <summary>Hands out the window up to <paramref name="cut"/>; what follows stays.</summary>
    private TextBlock? Cut(int cut)
    {
        if (cut == 0) return null;
        var window = _window!;
        var rest = _length - cut;
        _window = PooledBuffer.Rent(Math.Max(rest, _wanted) + TextBlock.Slack);
        window.Array.AsSpan(cut, rest).CopyTo(_window.Array);
        _length = rest;
        var starts = MarkRecords(window.Array, cut);
        _scanner.Shift(cut);
        var block = Block(window, starts is null ? 0 : cut, cut, null);
        if (starts is not null) block.SetRecordStarts(starts, starts.Length / sizeof(int) - 1);
        return block;
    }

    /// <summary>Blanks what lies between the records up to <paramref name="cut"/>, and notes where they start.</summary>
    private PooledBuffer? MarkRecords(byte[] text, int cut)
    {
        var records = _scanner.Records;
        while (records.Length > 0 && records[^1].End > cut) records = records[..^1];
        if (records.IsEmpty) return null;
        var starts = PooledBuffer.Rent<int>(records.Length + 1);
        var target = starts.As<int>();
        for (var i = 0; i < records.Length; i++)
        {
            target[i] = records[i].Start;
            if (i > 0) text.AsSpan(records[i - 1].End, records[i].Start - records[i - 1].End).Fill((byte)' ');
        }

        target[^1] = records[^1].End;
        return starts;
    }

    /// <summary>The end of the file: nothing but the document's tail, or the middle of it.</summary>
    private TextBlock? Last()
    {
        _isDone = true;
        if (_length == 0) return _scanner.IsComplete ? null : Block(Empty(), 0, 0, Cutoff);
        if (_scanner.OpenStart < 0 && _scanner.IsComplete) return Block(Empty(), 0, _length, null);
        var kept = Math.Min(_length, Limits.QuarantineBytesKeptMax);
        return Block(Copy(kept), kept, _length, Cutoff);
    }

    /// <summary>The document is broken here: the rest of the file is one bad record.</summary>
    private async ValueTask<TextBlock> BreakAsync(string fault, CancellationToken cancellation)
    {
        _isDone = true;
        var where = _position + _scanner.At;
        var kept = Math.Min(_length, Limits.QuarantineBytesKeptMax);
        var head = Copy(kept);
        var rest = (long)_length;
        while (!_atEnd)
        {
            _length = 0;
            await FillAsync(_wanted, cancellation).ConfigureAwait(false);
            rest += _length;
        }

        return Block(head, kept, rest, new TextFault(QuarantineReasons.Undecodable, $"{fault} (byte {where}): the document can not be read beyond it"));
    }

    private async ValueTask<TextBlock> TooLargeAsync(CancellationToken cancellation)
    {
        var head = Copy(Limits.QuarantineBytesKeptMax);
        long skipped = _length;
        _scanner.SkipOpenRecord();
        Drop(_length);
        while (!_atEnd)
        {
            await FillAsync(_wanted, cancellation).ConfigureAwait(false);
            var isOver = SkipOn();
            skipped += _scanner.At;
            Drop(_scanner.At);
            if (isOver) break;
        }

        return Block(head, Limits.QuarantineBytesKeptMax, skipped, new TextFault(QuarantineReasons.TooLarge, $"a record of {skipped} bytes is over the limit of {Limits.RecordBytesMax}"));
    }

    private unsafe bool SkipOn()
    {
        fixed (byte* text = _window!.Array) return _scanner.SkipOn(text, _length, _atEnd);
    }

    private void Drop(int bytes)
    {
        _window!.Array.AsSpan(bytes, _length - bytes).CopyTo(_window.Array);
        _length -= bytes;
        _scanner.Shift(bytes);
    }

    private TextBlock Block(PooledBuffer buffer, int length, long advance, TextFault? fault)
    {
        var start = _position;
        _position += advance;
        return new TextBlock(buffer, length) { SourceName = file.Split.Name, Start = start, End = _position, Sequence = _sequence++, Fault = fault };
    }

    private PooledBuffer Copy(int bytes)
    {
        var copy = PooledBuffer.Rent(bytes + TextBlock.Slack);
        _window!.Array.AsSpan(0, bytes).CopyTo(copy.Array);
        return copy;
    }

    private static PooledBuffer Empty() => PooledBuffer.Rent(TextBlock.Slack);

    private static TextFault Cutoff { get; } = new(QuarantineReasons.Undecodable, "the file ends in the middle of the document");
}
