using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Text;

/// <summary>
/// Hands kept records to the decoders of their format, in blocks. A record never reaches into the next one: where it might (a quote that is not closed), it
/// makes a block of its own.
/// </summary>
public sealed class KeptRecordReader(string sourceId, string format, IEnumerable<KeptRecord> records, RecordLayout layout, Func<BlockDecoder> decoders) : SplitReader
{
    private const int BlockBytes = 256 << 10;

    private readonly IEnumerator<KeptRecord> _records = records.GetEnumerator();
    private KeptRecord? _next;
    private long _position;
    private int _sequence;

    /// <inheritdoc/>
    public override long BytesRead => _position;

    /// <inheritdoc/>
    public override string RecordFormat => format;

    /// <inheritdoc/>
    public override BlockDecoder CreateDecoder() => decoders();

    /// <inheritdoc/>
    public override ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var taken = new List<KeptRecord>();
        var bytes = 0;
        while (Peek() is { } record)
        {
            var isAlone = layout.MayReachOn(record.Bytes.Span);
            if (taken.Count > 0 && (isAlone || bytes >= BlockBytes || record.Place.SourceName != taken[0].Place.SourceName)) break;
            taken.Add(record);
            bytes += record.Bytes.Length + 1;
            _next = null;
            if (isAlone) break;
        }

        return new ValueTask<SourceBlock?>(taken.Count == 0 ? null : ToBlock(taken, bytes));
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _records.Dispose();
        return ValueTask.CompletedTask;
    }

    private KeptRecord? Peek()
    {
        if (_next is null && _records.MoveNext()) _next = _records.Current;
        return _next;
    }

    private TextBlock ToBlock(List<KeptRecord> taken, int bytes)
    {
        var buffer = PooledBuffer.Rent(bytes + TextBlock.Slack);
        var starts = PooledBuffer.Rent<int>(taken.Count + 1);
        var at = 0;
        for (var i = 0; i < taken.Count; i++)
        {
            starts.As<int>()[i] = at;
            taken[i].Bytes.Span.CopyTo(buffer.Array.AsSpan(at));
            at += taken[i].Bytes.Length;
            buffer.Array[at++] = layout.Terminator;
        }

        starts.As<int>()[taken.Count] = at;
        var block = new TextBlock(buffer, at)
        {
            SourceName = taken[0].Place.SourceName ?? "",
            Start = _position,
            End = _position + at,
            Sequence = _sequence++,
            Form = new Form(sourceId, format, _position, starts.As<int>()[..taken.Count].ToArray(), [.. taken.Select(record => record.Place)]),
        };
        block.SetRecordStarts(starts, taken.Count);
        _position += at;
        return block;
    }

    /// <summary>Knows where the records of a block stood at first.</summary>
    private sealed class Form(string sourceId, string format, long begin, int[] starts, RecordPlace[] places) : RecordForm(sourceId)
    {
        public override string? Format => format;

        public override ValueTask<RecordPlace> PlaceOfAsync(string sourceName, long position, CancellationToken cancellation)
        {
            var found = Array.BinarySearch(starts, (int)(position - begin));
            return new ValueTask<RecordPlace>(places[Math.Clamp(found >= 0 ? found : ~found - 1, 0, places.Length - 1)]);
        }
    }
}

/// <summary>How records lie one after the other.</summary>
/// <param name="Terminator">The byte behind a record.</param>
/// <param name="Quote">The byte that begins and ends a quoted part, which may hold the terminator; 0 for none.</param>
/// <param name="AreMarked">Whether decoders go by where records start, not by their ends.</param>
public sealed record RecordLayout(byte Terminator, byte Quote, bool AreMarked)
{
    /// <summary>Whether a record may make the decoder read on into the one behind it.</summary>
    public bool MayReachOn(ReadOnlySpan<byte> record) => !AreMarked && Quote != 0 && (record.Count(Quote) & 1) != 0;
}
