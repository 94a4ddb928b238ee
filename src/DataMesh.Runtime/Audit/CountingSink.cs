using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Runtime.Audit;

/// <summary>An end for rows that are only counted.</summary>
internal sealed class CountingSink : Sink
{
    public override DeliveryGuarantee Guarantee => DeliveryGuarantee.AtLeastOnce;

    public override string TargetName => "count";

    public override string TargetPath(ComponentContext context) => context.BaseFolder;

    public override ValueTask<TargetState> ReadStateAsync(string appId, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(new TargetState(-1, null, -1, null, null));

    public override ValueTask<SinkWriter> OpenWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult<SinkWriter>(new Writer(schema));

    public override ValueTask<long> CommitAsync(SinkCommit commit, ComponentContext context, CancellationToken cancellation) => throw new NotSupportedException();

    private sealed class Writer(Schema schema) : SinkWriter
    {
        public override long BytesWritten => 0;

        public override SinkEncoder CreateEncoder() => new Encoder();

        public override ValueTask AppendAsync(EncodedRows rows, CancellationToken cancellation) => ValueTask.CompletedTask;

        public override ValueTask<StagedOutput> StageAsync(CancellationToken cancellation) => ValueTask.FromResult(new StagedOutput(schema, []));

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Encoder : SinkEncoder
    {
        public override EncodedRows Encode(IReadOnlyList<RecordBatch> batches) => new Count(batches.Sum(batch => (long)batch.Length));
    }

    private sealed class Count(long rows) : EncodedRows
    {
        public override long Rows => rows;

        public override long ByteSize => 0;

        public override void Dispose()
        {
        }
    }
}
