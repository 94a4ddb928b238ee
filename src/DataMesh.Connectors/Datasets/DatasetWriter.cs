using System.Collections.Concurrent;
using DataMesh.Core;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet;

namespace DataMesh.Connectors.Datasets;

/// <summary>
/// Writes the data files of one epoch. Nobody sees them before the commit names them. Small partitions are collected until they make
/// a decent row group, under a budget of bytes; open files are bounded too.
/// </summary>
internal sealed class DatasetWriter(DatasetPlan plan) : SinkWriter
{
    private const long BufferBytesMax = 48L << 20;
    private const int OpenFilesMax = 200;

    private readonly Dictionary<PartitionKey, PartitionBuffer> _buffers = [];
    private readonly Dictionary<PartitionKey, DataFile> _open = [];
    private readonly Queue<PartitionKey> _opened = new();
    private readonly HashSet<PartitionKey> _partitions = [];
    private readonly List<Task<StagedFile>> _finished = [];
    private readonly List<string> _paths = [];
    private readonly ConcurrentBag<RowGroupEncoder> _encoders = [];
    private long _buffered;
    private long _closedBytes;
    private bool _isStaged;

    /// <inheritdoc/>
    public override long BytesWritten => _closedBytes + _open.Values.Sum(file => file.Bytes);

    /// <inheritdoc/>
    public override SinkEncoder CreateEncoder() => new DatasetEncoder(plan);

    /// <inheritdoc/>
    public override ValueTask AppendAsync(EncodedRows rows, CancellationToken cancellation)
    {
        foreach (var piece in ((DatasetRows)rows).Take())
        {
            if (piece.Encoded is { Rows: > 0 } encoded)
            {
                if (_buffers.TryGetValue(piece.Key, out var before) && before.Rows > 0) Flush([before]);
                Append(piece.Key, encoded);
            }
            else
            {
                piece.Encoded?.Dispose();
                Collect(piece);
            }
        }

        if (_buffered > BufferBytesMax) Flush(Largest());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask<StagedOutput> StageAsync(CancellationToken cancellation)
    {
        Flush([.. _buffers.Values.Where(buffer => buffer.Rows > 0)]);
        foreach (var key in _open.Keys.ToList()) Close(key);
        var files = await Task.WhenAll(_finished).WaitAsync(cancellation);
        FolderFlush.Run(plan.Path, _paths);
        _isStaged = true;
        return new StagedOutput(plan.Rows, files);
    }

    /// <inheritdoc/>
    public override void Discard()
    {
        foreach (var path in _paths) File.Delete(path);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var buffer in _buffers.Values) buffer.Dispose();
        foreach (var file in _open.Values) file.Dispose();
        await ((Task)Task.WhenAll(_finished)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_isStaged) Discard();
    }

    private void Collect(DatasetPiece piece)
    {
        if (piece.Slices.Count == 0) return;
        if (!_buffers.TryGetValue(piece.Key, out var buffer)) _buffers[piece.Key] = buffer = new PartitionBuffer(piece.Key);
        var before = buffer.Bytes;
        buffer.Add(piece.Slices);
        _buffered += buffer.Bytes - before;
        if (buffer.Rows >= Limits.RowGroupRows) Flush([buffer]);
    }

    /// <summary>The largest buffers, which together hold half of what is collected.</summary>
    private List<PartitionBuffer> Largest()
    {
        var taken = 0L;
        return [.. _buffers.Values.Where(buffer => buffer.Rows > 0).OrderByDescending(buffer => buffer.Bytes).TakeWhile(buffer => (taken += buffer.Bytes) - buffer.Bytes < BufferBytesMax / 2)];
    }

    /// <summary>Encodes buffers, on several cores when there are several, and appends them.</summary>
    private void Flush(List<PartitionBuffer> buffers)
    {
        _buffered -= buffers.Sum(buffer => buffer.Bytes);
        var encoded = new EncodedRowGroup[buffers.Count];
        // A scheduler that does one thing at a time has nobody else to do the rest.
        if (buffers.Count == 1 || TaskScheduler.Current.MaximumConcurrencyLevel == 1)
        {
            for (var i = 0; i < encoded.Length; i++) encoded[i] = Encode(buffers[i]);
        }
        else
        {
            Parallel.For(0, buffers.Count, i => encoded[i] = Encode(buffers[i]));
        }

        for (var i = 0; i < encoded.Length; i++) Append(buffers[i].Key, encoded[i]);
    }

    private EncodedRowGroup Encode(PartitionBuffer buffer)
    {
        if (!_encoders.TryTake(out var encoder)) encoder = new RowGroupEncoder(plan.FileSchema);
        var encoded = buffer.Encode(encoder);
        _encoders.Add(encoder);
        return encoded;
    }

    private void Append(PartitionKey key, EncodedRowGroup rowGroup)
    {
        if (!_open.TryGetValue(key, out var file))
        {
            if (_partitions.Add(key) && _partitions.Count > Limits.PartitionsPerEpochMax)
                throw new DataMeshException($"'{plan.Path}' would get more than {Limits.PartitionsPerEpochMax} partitions at once.", hint: "partition by columns with fewer values");
            while (_open.Count >= OpenFilesMax) Close(_opened.Peek());
            _open[key] = file = new DataFile(key.IsDeletions ? plan.Deletions! : plan, key);
            _opened.Enqueue(key);
            _paths.Add(file.FullPath);
        }

        file.Append(rowGroup);
        if (file.Bytes >= plan.FileBytes) Close(key);
    }

    /// <summary>Finishes a file beside the stream: waiting for the disk does not hold up what comes next.</summary>
    private void Close(PartitionKey key)
    {
        if (_opened.Count > 0 && _opened.Peek().Equals(key)) _opened.Dequeue();
        if (!_open.Remove(key, out var file)) return;
        _closedBytes += file.Bytes;
        _finished.Add(Task.Factory.StartNew(file.Finish, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current));
    }
}
