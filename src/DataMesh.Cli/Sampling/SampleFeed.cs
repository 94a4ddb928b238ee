using DataMesh.Core.Components;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;

namespace DataMesh.Cli.Sampling;

/// <summary>Hands out every split of every source from its start, without keeping positions.</summary>
internal sealed class SampleFeed(BoundGraph graph, ComponentContext context, CancellationToken cancellation) : ISplitFeed, IAsyncDisposable
{
    private IAsyncEnumerator<OpenSplit>? _splits;
    private OpenSplit? _current;

    public async ValueTask<OpenSplit?> CurrentAsync(CancellationToken abort)
    {
        if (_current is not null) return _current;
        _splits ??= OpenAll().GetAsyncEnumerator(cancellation);
        return _current = await _splits.MoveNextAsync() ? _splits.Current : null;
    }

    public async ValueTask FinishAsync(CancellationToken abort)
    {
        if (_current is not null) await _current.DisposeAsync();
        _current = null;
    }

    public async ValueTask DisposeAsync()
    {
        await FinishAsync(CancellationToken.None);
        if (_splits is not null) await _splits.DisposeAsync();
    }

    private async IAsyncEnumerable<OpenSplit> OpenAll()
    {
        foreach (var source in graph.Sources)
        {
            await foreach (var split in source.Source.EnumerateAsync(context, cancellation))
                yield return new OpenSplit(source, split, await source.Source.OpenAsync(split, split.Start, source.Plan, context, cancellation), split.Start);
        }
    }
}
