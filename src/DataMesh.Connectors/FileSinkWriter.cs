using System.IO.Compression;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Storage;
using DataMesh.Formats.TextRows;
using Microsoft.Win32.SafeHandles;

namespace DataMesh.Connectors;

/// <summary>Writes the rows of one epoch to a staged file beside the target, without a header.</summary>
internal sealed class FileSinkWriter(StagedTexts staged, Schema schema, RowStyle style, bool isGzip, TimeProvider clock) : SinkWriter
{
    private readonly string _path = staged.NewPath();
    private SafeFileHandle? _file;
    private long _rows;
    private bool _isStaged;
    private long _bytes;

    /// <inheritdoc/>
    public override long BytesWritten => _bytes;

    /// <inheritdoc/>
    public override SinkEncoder CreateEncoder() => new Encoder(schema, style, isGzip);

    /// <inheritdoc/>
    public override ValueTask AppendAsync(EncodedRows rows, CancellationToken cancellation)
    {
        using var text = (TextRows)rows;
        if (_file is null)
        {
            DurableFiles.CreateFolder(Path.GetDirectoryName(_path)!);
            _file = StagedTexts.Create(_path);
        }

        RandomAccess.Write(_file, text.Bytes.Span, _bytes);
        _bytes += text.Bytes.Length;
        _rows += text.Rows;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask<StagedOutput> StageAsync(CancellationToken cancellation)
    {
        if (_file is null) return ValueTask.FromResult(new StagedOutput(schema, []));
        RandomAccess.FlushToDisk(_file);
        _file.Dispose();
        DurableFiles.FlushFolder(Path.GetDirectoryName(_path)!);
        _isStaged = true;
        var file = new StagedFile(Path.GetFileName(_path), _bytes, _rows, new Dictionary<string, string?>(), null, clock.GetUtcNow().ToUnixTimeMilliseconds());
        return ValueTask.FromResult(new StagedOutput(schema, [file]));
    }

    /// <inheritdoc/>
    public override void Discard()
    {
        if (_file is not null) StagedTexts.Delete(_path);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _file?.Dispose();
        if (!_isStaged) Discard();
        return ValueTask.CompletedTask;
    }

    /// <summary>A piece of text as it would stand in a file.</summary>
    internal static PooledBuffer Compress(PooledBuffer text)
    {
        using var packed = new MemoryStream(text.Length / 3 + 64);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(text.Span);
        text.Dispose();
        var buffer = PooledBuffer.Rent((int)packed.Length);
        packed.GetBuffer().AsSpan(0, (int)packed.Length).CopyTo(buffer.Span);
        return buffer;
    }

    private sealed class Encoder(Schema schema, RowStyle style, bool isGzip) : SinkEncoder
    {
        private readonly RowTextEncoder _encoder = new(style, schema);
        private int _sizeBefore = 64 << 10;

        public override EncodedRows Encode(IReadOnlyList<RecordBatch> batches)
        {
            var text = PooledBuffer.Rent(_sizeBefore);
            text.SetLength(0);
            var rows = 0L;
            foreach (var batch in batches)
            {
                _encoder.Encode(batch, text);
                rows += batch.Length;
            }

            _sizeBefore = text.Length + 4096;
            return new TextRows(isGzip ? Compress(text) : text, rows);
        }
    }

    private sealed class TextRows(PooledBuffer bytes, long rows) : EncodedRows
    {
        public PooledBuffer Bytes { get; } = bytes;

        public override long Rows { get; } = rows;

        public override long ByteSize => Bytes.Capacity;

        public override void Dispose() => Bytes.Dispose();
    }
}
