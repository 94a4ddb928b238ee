using DataMesh.Core.Components;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>A source that passes everything on to a real one, while someone else does things to its files: once, after they were listed or before the first block is taken.</summary>
internal sealed class MeddlingSource(Source inner) : Source
{
    public Action? AfterListing { get; set; }

    public Action? WhileReading { get; set; }

    public override ValueTask<SourceDescription> DescribeAsync(ComponentContext context, CancellationToken cancellation) => inner.DescribeAsync(context, cancellation);

    public override async IAsyncEnumerable<Split> EnumerateAsync(ComponentContext context, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var split in inner.EnumerateAsync(context, cancellation)) yield return split;
        var meddle = AfterListing;
        AfterListing = null;
        meddle?.Invoke();
    }

    public override bool Continues(Split split, string before, long to, ComponentContext context) => inner.Continues(split, before, to, context);

    public override bool HasMore(Split split, long to, ComponentContext context) => inner.HasMore(split, to, context);

    public override bool StillHolds(string splitId, string identity, long to, ComponentContext context) => inner.StillHolds(splitId, identity, to, context);

    public override async ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation)
    {
        var reader = await inner.OpenAsync(split, from, plan, context, cancellation);
        var meddle = WhileReading;
        WhileReading = null;
        meddle?.Invoke();
        return reader;
    }
}
