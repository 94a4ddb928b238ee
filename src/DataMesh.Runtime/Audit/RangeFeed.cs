using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime.Audit;

/// <summary>Hands out ranges of splits that were read before, each from its beginning to its end.</summary>
internal sealed class RangeFeed(BoundGraph graph, IReadOnlyList<(SplitPosition Range, Split Split)> ranges, ComponentContext context) : ISplitFeed, IAsyncDisposable
{
    private OpenSplit? _current;
    private int _next;

    public async ValueTask<OpenSplit?> CurrentAsync(CancellationToken cancellation)
    {
        if (_current is not null) return _current;
        if (_next >= ranges.Count) return null;
        var (range, split) = ranges[_next];
        var source = graph.Sources.First(each => each.Id == range.Source);
        var reader = await source.Source.OpenAsync(split with { End = range.To }, range.From, source.Plan, context, cancellation);
        return _current = new OpenSplit(source, split, new UpTo(reader, range.To), range.From);
    }

    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        await DisposeAsync();
        _next++;
    }

    public async ValueTask DisposeAsync()
    {
        if (_current is not null) await _current.DisposeAsync();
        _current = null;
    }

    /// <summary>A reader that ends at a position, for formats that walk a document as a whole.</summary>
    private sealed class UpTo(SplitReader inner, long end) : SplitReader
    {
        private long _position = long.MinValue;

        public override long BytesRead => inner.BytesRead;

        public override async ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation)
        {
            if (_position >= end) return null;
            var block = await inner.ReadAsync(cancellation);
            _position = block?.End ?? end;
            return block;
        }

        public override BlockDecoder CreateDecoder() => inner.CreateDecoder();

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
