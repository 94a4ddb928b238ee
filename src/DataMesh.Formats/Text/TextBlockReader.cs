using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Text;

/// <summary>
/// Cuts text into blocks of whole records. A record longer than the limit becomes a block with a <see cref="TextFault"/>;
/// memory stays bounded by the limit whatever the input is.
/// </summary>
public sealed class TextBlockReader : IAsyncDisposable
{
    private readonly TextInput _input;
    private readonly RecordBoundaries _boundaries;
    private readonly string _name;
    private readonly long _end;
    private readonly int _textMax;
    private readonly int _recordBytesMax;
    private PooledBuffer? _carry;
    private int _carryLength;
    private long _position;
    private int _sequence;
    private bool _atEnd;

    /// <summary>Reads from <paramref name="from"/> (where <paramref name="input"/> stands) to <paramref name="end"/> (-1: the end of the file). Owns the input.</summary>
    public TextBlockReader(TextInput input, RecordBoundaries boundaries, string name, long from, long end, int blockBytes = Limits.BlockBytes, int recordBytesMax = Limits.RecordBytesMax)
    {
        _input = input;
        _boundaries = boundaries;
        _name = name;
        _position = from;
        _end = end < 0 ? long.MaxValue : end;
        // Large blocks leave room for the slack inside a power of two, the sizes that the array pool keeps.
        _textMax = blockBytes >= 4096 ? blockBytes - TextBlock.Slack : Math.Max(blockBytes, 1);
        _recordBytesMax = recordBytesMax;
    }

    /// <summary>Whether a last record without a line end is left unread, because its writer may not be done with it.</summary>
    public bool LeavesOpenRecord { get; init; }

    /// <summary>Bytes taken from disk so far.</summary>
    public long BytesRead => _input.BytesRead;

    /// <summary>The next block, or null at the end.</summary>
    public async ValueTask<TextBlock?> ReadAsync(CancellationToken cancellation)
    {
        var (buffer, length) = TakeCarry();
        var wanted = Math.Max(_textMax, length);
        try
        {
            while (true)
            {
                length = await FillAsync(buffer, length, wanted, cancellation).ConfigureAwait(false);
                if (length == 0) break;
                var cut = _boundaries.Last(buffer.Array.AsSpan(0, length));
                if (cut > 0) return Cut(buffer, length, _textMax == 1 ? First(buffer.Array.AsSpan(0, cut)) : cut);
                if (_atEnd && LeavesOpenRecord) break;
                if (_atEnd) return CutLast(buffer, length);
                if (length > _recordBytesMax) return await CutTooLargeAsync(buffer, length, cancellation).ConfigureAwait(false);
                wanted = (int)Math.Min(length * 2L, (long)_recordBytesMax + 1);
                Reserve(buffer, wanted, length);
            }
        }
        catch
        {
            buffer.Dispose();
            throw;
        }

        buffer.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _carry?.Dispose();
        _carry = null;
        return _input.DisposeAsync();
    }

    private (PooledBuffer Buffer, int Length) TakeCarry()
    {
        var buffer = _carry ?? PooledBuffer.Rent(_textMax + TextBlock.Slack);
        var length = _carryLength;
        _carry = null;
        _carryLength = 0;
        return (buffer, length);
    }

    private async ValueTask<int> FillAsync(PooledBuffer buffer, int length, int wanted, CancellationToken cancellation)
    {
        if (_atEnd || length >= wanted) return length;
        var room = (int)Math.Min(wanted - length, _end - _position - length);
        var read = room <= 0 ? 0 : await _input.ReadAsync(buffer.Array.AsMemory(length, room), cancellation).ConfigureAwait(false);
        if (read < wanted - length) _atEnd = true;
        return length + read;
    }

    private TextBlock Cut(PooledBuffer buffer, int length, int cut)
    {
        if (cut < length) Carry(buffer.Array.AsSpan(cut, length - cut));
        return Block(buffer, cut, cut, null);
    }

    /// <summary>Where the first of some whole records ends: the shortest beginning of the text in which one does.</summary>
    private int First(ReadOnlySpan<byte> records)
    {
        var (none, some) = (0, records.Length);
        while (some - none > 1)
        {
            var middle = (none + some) / 2;
            if (_boundaries.Last(records[..middle]) > 0) some = middle;
            else none = middle;
        }

        return some;
    }

    /// <summary>No record ends in the rest of the file: it is the last record without a line end, or a broken one to be stepped over.</summary>
    private TextBlock CutLast(PooledBuffer buffer, int length)
    {
        var resume = _boundaries.Recover(buffer.Array.AsSpan(0, length), atEnd: true);
        if (resume < 0) return Block(buffer, length, length, null);
        if (resume < length) Carry(buffer.Array.AsSpan(resume, length - resume));
        return Block(buffer, Math.Min(resume, Limits.QuarantineBytesKeptMax), resume, Broken);
    }

    private async ValueTask<TextBlock> CutTooLargeAsync(PooledBuffer buffer, int length, CancellationToken cancellation)
    {
        var resume = _boundaries.Recover(buffer.Array.AsSpan(0, length), atEnd: false);
        if (resume > 0)
        {
            Carry(buffer.Array.AsSpan(resume, length - resume));
            return Block(buffer, Math.Min(resume, Limits.QuarantineBytesKeptMax), resume, Broken);
        }

        var skipped = await SkipRecordAsync(buffer, length, cancellation).ConfigureAwait(false);
        var fault = new TextFault(QuarantineReasons.TooLarge, $"a record of {skipped} bytes is over the limit of {_recordBytesMax}");
        var kept = Math.Min(length, Limits.QuarantineBytesKeptMax);
        var head = PooledBuffer.Rent(kept + TextBlock.Slack);
        buffer.Array.AsSpan(0, kept).CopyTo(head.Array);
        buffer.Dispose();
        return Block(head, kept, skipped, fault);
    }

    private async ValueTask<long> SkipRecordAsync(PooledBuffer buffer, int length, CancellationToken cancellation)
    {
        var skip = _boundaries.Skip();
        var end = skip.Feed(buffer.Array.AsSpan(0, length));
        if (end >= 0) throw new InvalidOperationException("The boundary finder contradicts itself.");
        long skipped = length;
        using var scratch = PooledBuffer.Rent(_textMax + TextBlock.Slack);
        while (!_atEnd)
        {
            var room = (int)Math.Min(_textMax, _end - _position - skipped);
            var read = room <= 0 ? 0 : await _input.ReadAsync(scratch.Array.AsMemory(0, room), cancellation).ConfigureAwait(false);
            if (read < _textMax) _atEnd = true;
            end = skip.Feed(scratch.Array.AsSpan(0, read));
            if (end >= 0)
            {
                if (end < read) Carry(scratch.Array.AsSpan(end, read - end));
                return skipped + end;
            }

            skipped += read;
        }

        return skipped;
    }

    private TextBlock Block(PooledBuffer buffer, int length, long advance, TextFault? fault)
    {
        var start = _position;
        _position += advance;
        return new TextBlock(buffer, length) { SourceName = _name, Start = start, End = _position, Sequence = _sequence++, Fault = fault };
    }

    private void Carry(ReadOnlySpan<byte> rest)
    {
        _carry = PooledBuffer.Rent(Math.Max(rest.Length, _textMax) + TextBlock.Slack);
        rest.CopyTo(_carry.Array);
        _carryLength = rest.Length;
    }

    private static void Reserve(PooledBuffer buffer, int wanted, int used)
    {
        buffer.SetLength(used);
        buffer.SetLength(wanted + TextBlock.Slack);
    }

    private static TextFault Broken { get; } = new(QuarantineReasons.Undecodable, "a quoted field is opened and never closed");
}
