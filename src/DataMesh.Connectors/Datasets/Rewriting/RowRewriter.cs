using System.Collections.Concurrent;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Parquet;

namespace DataMesh.Connectors.Datasets.Rewriting;

/// <summary>
/// Writes rows of one partition to new data files, in the order in which they come. Row groups are encoded on several cores; a few of them are in
/// memory at a time. What was not finished is deleted.
/// </summary>
internal sealed class RowRewriter(DatasetPlan plan, PartitionKey key) : IDisposable
{
    private static readonly int EncodersMax = Math.Clamp(Environment.ProcessorCount, 1, 4);

    private readonly ConcurrentBag<RowGroupEncoder> _encoders = [];
    private readonly Queue<Task<EncodedRowGroup>> _encoding = new();
    private readonly List<StagedFile> _files = [];
    private readonly List<string> _paths = [];
    private List<RecordBatch> _gathered = [];
    private DataFile? _open;
    private bool _isFinished;
    private long _rows;
    private long _bytes;

    /// <summary>Takes rows over: batches of the plan's rows.</summary>
    public void Add(RecordBatch rows)
    {
        using (rows) _gathered.Add(plan.Project(rows));
        _rows += rows.Length;
        _bytes += _gathered[^1].ByteSize;
        if (_rows >= Limits.RowGroupRows || _bytes >= Limits.BatchBytesMax) Encode();
    }

    /// <summary>Makes everything durable and says what the files are.</summary>
    public IReadOnlyList<StagedFile> Finish()
    {
        if (_rows > 0) Encode();
        while (_encoding.Count > 0) AppendNext();
        Close();
        FolderFlush.Run(plan.Path, _paths);
        _isFinished = true;
        return _files;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var batch in _gathered) batch.Dispose();
        foreach (var encoding in _encoding) encoding.ContinueWith(static done => done.Result.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
        _open?.Dispose();
        if (_isFinished) return;
        foreach (var path in _paths) File.Delete(path);
    }

    private void Encode()
    {
        while (_encoding.Count >= EncodersMax) AppendNext();
        var batches = _gathered;
        _encoding.Enqueue(Task.Factory.StartNew(() => Encode(batches), CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current));
        (_gathered, _rows, _bytes) = ([], 0, 0);
    }

    private EncodedRowGroup Encode(List<RecordBatch> batches)
    {
        if (!_encoders.TryTake(out var encoder)) encoder = new RowGroupEncoder(plan.FileSchema);
        var encoded = encoder.Encode(batches);
        foreach (var batch in batches) batch.Dispose();
        _encoders.Add(encoder);
        return encoded;
    }

    private void AppendNext()
    {
        var encoded = _encoding.Dequeue().GetAwaiter().GetResult();
        if (_open is null)
        {
            _open = new DataFile(plan, key);
            _paths.Add(_open.FullPath);
        }

        _open.Append(encoded);
        if (_open.Bytes >= plan.FileBytes) Close();
    }

    private void Close()
    {
        if (_open is not null) _files.Add(_open.Finish());
        _open = null;
    }
}
