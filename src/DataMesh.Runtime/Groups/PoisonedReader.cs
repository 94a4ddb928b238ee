using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Flow;

namespace DataMesh.Runtime.Groups;

/// <summary>Reads a split so that each of its poisoned records is a block of its own: what is before, the record, what is behind.</summary>
internal sealed class PoisonedReader : SplitReader
{
    private readonly Func<Split, long, int, ValueTask<SplitReader>> _open;
    private readonly Split _split;
    private readonly int _blockBytes;
    private readonly Queue<PoisonedRange> _ahead;
    private readonly List<SplitReader> _readers = [];
    private long _position;
    private long _end;

    private PoisonedReader(Func<Split, long, int, ValueTask<SplitReader>> open, SplitGrant grant, int blockBytes)
    {
        (_open, _split, _blockBytes, _position) = (open, grant.Split, blockBytes, grant.From);
        _ahead = new Queue<PoisonedRange>(grant.Poisoned.Where(range => range.From >= grant.From));
    }

    /// <summary>Opens a split as it was handed out.</summary>
    public static async ValueTask<SplitReader> OpenAsync(Source source, SplitGrant grant, DecodePlan plan, ComponentContext context, CancellationToken cancellation)
    {
        if (grant.Poisoned.Count == 0) return await source.OpenAsync(grant.Split, grant.From, plan, context, cancellation);
        var reader = new PoisonedReader(
            (split, from, bytes) => source.OpenAsync(split, from, plan, bytes == context.BlockBytes ? context : context.InBlocksOf(bytes), cancellation), grant, context.BlockBytes);
        await reader.NextAsync();
        return reader;
    }

    /// <inheritdoc/>
    public override long BytesRead => _readers.Sum(reader => reader.BytesRead);

    /// <inheritdoc/>
    public override string? RecordFormat => _readers[0].RecordFormat;

    /// <inheritdoc/>
    public override async ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_end < 0 || _position < _end)
            {
                if (await _readers[^1].ReadAsync(cancellation) is { } block)
                {
                    _position = block.End;
                    return block;
                }

                if (_end == _split.End) return null;
            }

            // What is left of a piece that gives no more blocks holds no record.
            _position = Math.Max(_position, _end);
            if (_split.End >= 0 && _position >= _split.End) return null;
            await NextAsync();
        }
    }

    /// <inheritdoc/>
    public override BlockDecoder CreateDecoder() => _readers[0].CreateDecoder();

    /// <inheritdoc/>
    public override Column? ReadTimes(VarColumn texts, string column, DataType type, out Bitmap? failed) => _readers[0].ReadTimes(texts, column, type, out failed);

    /// <inheritdoc/>
    public override LineCounter? CountLines() => _readers[0].CountLines();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var reader in _readers) await reader.DisposeAsync();
    }

    /// <summary>Opens the next piece: up to the next poisoned record, or that record.</summary>
    private async ValueTask NextAsync()
    {
        var isRecord = _ahead.TryPeek(out var next) && next.From <= _position;
        if (isRecord) _ahead.Dequeue();
        _end = next is null ? _split.End : isRecord ? next.To : next.From;
        var isLast = _end == _split.End;
        _readers.Add(await _open(isLast ? _split : _split with { End = _end, MayGrow = false }, _position, isRecord ? 1 : _blockBytes));
    }
}
