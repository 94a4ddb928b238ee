using System.Collections.Concurrent;
using System.Threading.Tasks.Dataflow;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Flow;

/// <summary>
/// The end of the path for one sink: gathers batches to row groups, encodes these on all cores with their order kept, appends them one by one.
/// </summary>
internal sealed class SinkStep
{
    private readonly ConcurrentStack<SinkEncoder> _encoders = new();
    private readonly TransformBlock<Group, (EncodedRows Rows, long Budget)> _encode;
    private readonly ActionBlock<(EncodedRows Rows, long Budget)> _append;
    private readonly SinkWriter _writer;
    private readonly ByteBudget _budget;
    private List<RecordBatch> _gathered = [];
    private long _rows;
    private long _bytes;

    public SinkStep(SinkWriter writer, PathOptions options, ByteBudget budget, Action<long> written)
    {
        _writer = writer;
        _budget = budget;
        // Groups are the largest things on the path: none waits for a core, and none for the writer beyond the one it is at.
        _encode = new TransformBlock<Group, (EncodedRows, long)>(Encode, options.Parallel(capacity: options.Cores));
        _append = new ActionBlock<(EncodedRows Rows, long Budget)>(
            async encoded =>
            {
                using (encoded.Rows)
                {
                    await writer.AppendAsync(encoded.Rows, options.Abort);
                    written(encoded.Rows.Rows);
                }

                budget.Return(encoded.Budget);
            },
            options.Sequential(capacity: 1));
        _encode.LinkTo(_append, new DataflowLinkOptions { PropagateCompletion = true });
    }

    /// <summary>Completes when everything is appended; fails when encoding or appending does.</summary>
    public Task Completion => _append.Completion;

    /// <summary>Takes a batch in order; waits while the encoders are busy.</summary>
    public async ValueTask AddAsync(RecordBatch batch, CancellationToken cancellation)
    {
        _gathered.Add(batch);
        _rows += batch.Length;
        var bytes = batch.ByteSize;
        _bytes += bytes;
        if (_rows >= Limits.RowGroupRows || _bytes >= Limits.BatchBytesMax) await FlushAsync(cancellation);
    }

    /// <summary>Encodes and appends what is left.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        if (_rows > 0) await FlushAsync(cancellation);
        _encode.Complete();
        await _append.Completion;
    }

    /// <summary>Stops at once after a failure elsewhere.</summary>
    public async Task AbandonAsync()
    {
        ((IDataflowBlock)_encode).Fault(new OperationCanceledException());
        foreach (var batch in _gathered) batch.Dispose();
        await Task.WhenAny(_append.Completion);
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        var group = new Group(_gathered, _bytes);
        // Spent only from here on: what is still being gathered could never be paid back while the reader waits for it.
        _budget.Spend(_bytes);
        (_gathered, _rows, _bytes) = ([], 0, 0);
        if (!await _encode.SendAsync(group, cancellation)) await _append.Completion;
    }

    private (EncodedRows Rows, long Budget) Encode(Group group)
    {
        if (!_encoders.TryPop(out var encoder)) encoder = _writer.CreateEncoder();
        var rows = encoder.Encode(group.Batches);
        foreach (var batch in group.Batches) batch.Dispose();
        _encoders.Push(encoder);
        return (rows, group.Bytes);
    }

    private sealed record Group(List<RecordBatch> Batches, long Bytes);
}
