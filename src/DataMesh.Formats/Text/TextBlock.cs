using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Text;

/// <summary>
/// UTF-8 text between two record boundaries. The buffer stays readable for <see cref="Slack"/> bytes beyond the text (content unspecified),
/// so that vector code need not stop short of the end.
/// </summary>
public sealed class TextBlock : SourceBlock
{
    /// <summary>Bytes that may be read beyond the text.</summary>
    public const int Slack = 64;

    private readonly PooledBuffer _buffer;
    private readonly int _length;
    private PooledBuffer? _recordStarts;

    /// <summary>Takes ownership of <paramref name="buffer"/>, whose capacity is at least <paramref name="length"/> + <see cref="Slack"/>.</summary>
    public TextBlock(PooledBuffer buffer, int length)
    {
        if (buffer.Capacity < length + Slack) throw new ArgumentException("The buffer has no slack behind the text.", nameof(buffer));
        _buffer = buffer;
        _length = length;
    }

    /// <summary>The text: whole records, the last one perhaps without its line end.</summary>
    public ReadOnlySpan<byte> Text => _buffer.Array.AsSpan(0, _length);

    /// <summary>The array that holds the text from index 0, for code that needs refs into the slack.</summary>
    public byte[] Array => _buffer.Array;

    /// <summary>Length of the text in bytes.</summary>
    public int Length => _length;

    /// <summary>When set, the whole block is one broken record: <see cref="Text"/> holds its first bytes, <see cref="SourceBlock.End"/> lies behind it.</summary>
    public TextFault? Fault { get; init; }

    /// <inheritdoc/>
    public override long ByteSize => _buffer.Capacity + (_recordStarts?.Capacity ?? 0);

    /// <summary>
    /// The decoder says where records begin: <paramref name="count"/> + 1 offsets as Int32, the last one being the end. Takes ownership.
    /// Must be called before a batch with a <see cref="RowOrigin"/> over this block is emitted.
    /// </summary>
    public void SetRecordStarts(PooledBuffer starts, int count)
    {
        starts.SetLength((count + 1) * sizeof(int));
        Interlocked.Exchange(ref _recordStarts, starts)?.Dispose();
    }

    /// <summary>What <see cref="SetRecordStarts"/> was given; empty before. A reader that knows its records can set them for the decoder.</summary>
    public ReadOnlySpan<int> RecordStarts => _recordStarts is null ? [] : _recordStarts.As<int>();

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> RecordBytes(int record)
    {
        var starts = Starts;
        return TrimLineEnd(Text[starts[record]..starts[record + 1]]);
    }

    /// <inheritdoc/>
    public override long RecordPosition(int record) => Start + Starts[record];

    /// <summary>The record without its line end.</summary>
    public static ReadOnlySpan<byte> TrimLineEnd(ReadOnlySpan<byte> record)
    {
        if (record.Length > 0 && record[^1] == '\n') record = record[..^1];
        if (record.Length > 0 && record[^1] == '\r') record = record[..^1];
        return record;
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        _buffer.Dispose();
        _recordStarts?.Dispose();
    }

    private ReadOnlySpan<int> Starts =>
        _recordStarts is null ? throw new InvalidOperationException("The decoder has not set the record starts.") : _recordStarts.As<int>();
}

/// <summary>Why a record could not be handed to the decoder.</summary>
/// <param name="Reason">One of <see cref="QuarantineReasons"/>.</param>
/// <param name="Detail">What was wrong, for people.</param>
public sealed record TextFault(string Reason, string Detail);
