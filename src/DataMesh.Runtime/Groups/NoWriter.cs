using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Runtime.Groups;

/// <summary>Stands for a sink whose rows another task writes: none comes here.</summary>
internal sealed class NoWriter(Schema schema) : SinkWriter
{
    public override long BytesWritten => 0;

    public override SinkEncoder CreateEncoder() => throw new InvalidOperationException("Rows came to a task that does not write them.");

    public override ValueTask AppendAsync(EncodedRows rows, CancellationToken cancellation) => throw new InvalidOperationException("Rows came to a task that does not write them.");

    public override ValueTask<StagedOutput> StageAsync(CancellationToken cancellation) => new(new StagedOutput(schema, []));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
