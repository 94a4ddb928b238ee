using System.Collections.Concurrent;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;

namespace DataMesh.Runtime.Tests.Groups;

/// <summary>A source that passes everything on to a real one.</summary>
internal abstract class WrappedSource(Source inner) : Source
{
    public override IReadOnlyDictionary<string, DataType> DeclaredTypes => inner.DeclaredTypes;

    public override ValueTask<SourceDescription> DescribeAsync(ComponentContext context, CancellationToken cancellation) => inner.DescribeAsync(context, cancellation);

    public override IAsyncEnumerable<Split> EnumerateAsync(ComponentContext context, CancellationToken cancellation) => inner.EnumerateAsync(context, cancellation);

    public override bool Continues(Split split, string before, long to, ComponentContext context) => inner.Continues(split, before, to, context);

    public override bool HasMore(Split split, long to, ComponentContext context) => inner.HasMore(split, to, context);

    public override bool StillHolds(string splitId, string identity, long to, ComponentContext context) => inner.StillHolds(splitId, identity, to, context);

    public override ValueTask<SplitShape?> LookAsync(Split split, ComponentContext context, CancellationToken cancellation) => inner.LookAsync(split, context, cancellation);

    public override ValueTask<SplitPlace> PlaceAsync(Split split, long position, ComponentContext context, CancellationToken cancellation) => inner.PlaceAsync(split, position, context, cancellation);

    public override ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation) => inner.OpenAsync(split, from, plan, context, cancellation);
}

/// <summary>Asks for a stop when so many splits were opened.</summary>
internal sealed class StopsAfterOpening(Source inner, int splits, CancellationTokenSource stop) : WrappedSource(inner)
{
    private int _opened;

    public override async ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation)
    {
        var reader = await base.OpenAsync(split, from, plan, context, cancellation);
        if (Interlocked.Increment(ref _opened) == splits) await stop.CancelAsync();
        return reader;
    }
}

/// <summary>One file can not be read the first time.</summary>
internal sealed class FailsOnce(Source inner, string file) : WrappedSource(inner)
{
    private int _failed;

    public bool HasFailed => _failed > 0;

    public override ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation)
    {
        if (split.Id.EndsWith(file, StringComparison.Ordinal) && Interlocked.Exchange(ref _failed, 1) == 0) throw new IOException("The network is gone.");
        return base.OpenAsync(split, from, plan, context, cancellation);
    }
}

/// <summary>One file gives nothing until all others were opened: by other tasks, then.</summary>
internal sealed class WaitsForOthers(Source inner, string slow, int files) : WrappedSource(inner)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, bool> _opened = new();

    public override async ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation)
    {
        if (_opened.TryAdd(split.Id, true) && _opened.Count == files) _all.SetResult();
        var reader = await base.OpenAsync(split, from, plan, context, cancellation);
        // The widening in it makes the epoch begin again with the splits handed out in order: then, all were opened.
        return split.Id.EndsWith(slow, StringComparison.Ordinal) ? new Waiting(reader, _all.Task) : reader;
    }

    private sealed class Waiting(SplitReader inner, Task others) : SplitReader
    {
        public override long BytesRead => inner.BytesRead;

        public override string? RecordFormat => inner.RecordFormat;

        public override async ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation)
        {
            await others.WaitAsync(cancellation);
            return await inner.ReadAsync(cancellation);
        }

        public override BlockDecoder CreateDecoder() => inner.CreateDecoder();

        public override LineCounter? CountLines() => inner.CountLines();

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
