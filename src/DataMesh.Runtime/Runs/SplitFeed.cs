using DataMesh.Core.Components;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.Runtime.Drift;

namespace DataMesh.Runtime.Runs;

/// <summary>A split still to be read.</summary>
/// <param name="Source">Number of its source in the graph.</param>
/// <param name="Split">The split.</param>
/// <param name="From">Where to begin.</param>
public sealed record PendingSplit(int Source, Split Split, long From);

/// <summary>Hands a task its splits in order, and can go back to where the epoch began.</summary>
public sealed class SplitFeed(IReadOnlyList<PendingSplit> pending, ComponentContext context) : ISplitFeed, IAsyncDisposable
{
    private BoundGraph? _graph;
    private OpenSplit? _current;
    private int _next;
    private (int Next, long From)? _epochStart;
    private long? _resumeFrom;

    /// <summary>The splits in order.</summary>
    public IReadOnlyList<PendingSplit> Pending => pending;

    /// <summary>Judges every split before it is opened.</summary>
    public DriftGate? Gate { get; set; }

    /// <summary>Bytes of all splits.</summary>
    public long TotalBytes => pending.Sum(each => each.Split.Bytes);

    /// <summary>Where the current split was when the epoch began; its own start for a split opened since.</summary>
    public long EpochFrom(OpenSplit split) => _epochStart is { } start && start.Next < pending.Count
        && pending[start.Next].Split.Id == split.Split.Id && pending[start.Next].Source == split.Source.Node
        ? start.From : pending.First(each => each.Split.Id == split.Split.Id && each.Source == split.Source.Node).From;

    /// <summary>Begins an epoch here.</summary>
    public void BeginEpoch() => _epochStart = (_next, _current?.Position ?? (_next < pending.Count ? pending[_next].From : 0));

    /// <summary>Goes back to the beginning of the epoch, to read it with another graph.</summary>
    public async ValueTask RewindAsync(BoundGraph graph)
    {
        if (_current is not null) await _current.DisposeAsync();
        (_current, _graph) = (null, graph);
        if (_epochStart is not { } start) return;
        (_next, _resumeFrom) = (start.Next, start.From);
    }

    /// <inheritdoc/>
    public async ValueTask<OpenSplit?> CurrentAsync(CancellationToken cancellation)
    {
        if (_current is not null) return _current;
        if (_next >= pending.Count) return null;
        var (number, split, from) = pending[_next];
        from = _resumeFrom ?? from;
        _resumeFrom = null;
        var source = _graph!.Sources[number];
        var opening = Gate is null ? new SplitOpening(source.Plan, null, null) : await Gate.OpenAsync(source, split, from, _next);
        var reader = await source.Source.OpenAsync(split, from, opening.Plan, context, cancellation);
        return _current = new OpenSplit(source, split, reader, from) { Treatment = opening.Treatment, Loosens = opening.Loosens };
    }

    /// <inheritdoc/>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        if (_current is not null) await _current.DisposeAsync();
        _current = null;
        _next++;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_current is not null) await _current.DisposeAsync();
        _current = null;
    }
}
