using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Cli.Sampling;

/// <summary>Keeps the rows that reach it in memory: the end of a pipeline that is only looked at.</summary>
internal sealed class RowsSink : Sink, IDisposable
{
    private readonly List<RecordBatch> _batches = [];

    public IReadOnlyList<RecordBatch> Batches => _batches;

    /// <summary>What the rows are like; known when the run has begun.</summary>
    public Schema Schema { get; private set; } = Schema.Empty;

    public override DeliveryGuarantee Guarantee => DeliveryGuarantee.AtLeastOnce;

    public override string TargetName => "rows";

    public override string TargetPath(ComponentContext context) => context.BaseFolder;

    public override ValueTask<TargetState> ReadStateAsync(string appId, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(new TargetState(-1, null, -1, null, null));

    /// <summary>Begins to keep rows: those of an attempt before, which starts again, are forgotten.</summary>
    public override ValueTask<SinkWriter> OpenWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation)
    {
        Clear();
        Schema = schema;
        return ValueTask.FromResult<SinkWriter>(new Writer(this, schema));
    }

    public override ValueTask<long> CommitAsync(SinkCommit commit, ComponentContext context, CancellationToken cancellation) => ValueTask.FromResult(-1L);

    /// <summary>Forgets the rows.</summary>
    public void Clear()
    {
        foreach (var batch in _batches) batch.Dispose();
        _batches.Clear();
    }

    public void Dispose() => Clear();

    private sealed class Writer(RowsSink sink, Schema schema) : SinkWriter
    {
        public override long BytesWritten => 0;

        public override SinkEncoder CreateEncoder() => new Encoder();

        public override ValueTask AppendAsync(EncodedRows rows, CancellationToken cancellation)
        {
            sink._batches.AddRange(((Kept)rows).Batches);
            return ValueTask.CompletedTask;
        }

        public override ValueTask<StagedOutput> StageAsync(CancellationToken cancellation) => ValueTask.FromResult(new StagedOutput(schema, []));

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Encoder : SinkEncoder
    {
        public override EncodedRows Encode(IReadOnlyList<RecordBatch> batches) => new Kept([.. batches.Select(batch => batch.Share())]);
    }

    private sealed class Kept(IReadOnlyList<RecordBatch> batches) : EncodedRows
    {
        public IReadOnlyList<RecordBatch> Batches => batches;

        public override long Rows => batches.Sum(batch => (long)batch.Length);

        public override long ByteSize => batches.Sum(batch => batch.ByteSize);

        public override void Dispose()
        {
        }
    }
}
