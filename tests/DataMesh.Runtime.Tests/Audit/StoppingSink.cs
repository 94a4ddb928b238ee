using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Runtime.Tests.Audit;

/// <summary>A sink that asks for a stop when its first block of rows comes.</summary>
internal sealed class StoppingSink(Sink inner, CancellationTokenSource stop) : Sink
{
    public override DeliveryGuarantee Guarantee => inner.Guarantee;

    public override string TargetName => inner.TargetName;

    public override string TargetPath(ComponentContext context) => inner.TargetPath(context);

    public override ValueTask<TargetState> ReadStateAsync(string appId, ComponentContext context, CancellationToken cancellation) =>
        inner.ReadStateAsync(appId, context, cancellation);

    public override ValueTask<SinkWriter> OpenWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation) =>
        inner.OpenWriterAsync(schema, context, cancellation);

    public override ValueTask<long> CommitAsync(SinkCommit commit, ComponentContext context, CancellationToken cancellation)
    {
        stop.Cancel();
        return inner.CommitAsync(commit, context, cancellation);
    }
}
