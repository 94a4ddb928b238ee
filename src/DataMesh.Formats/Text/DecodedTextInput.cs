using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace DataMesh.Formats.Text;

/// <summary>A compressed file, or one in another encoding than UTF-8, read as a stream of UTF-8.</summary>
internal sealed class DecodedTextInput : TextInput
{
    private readonly string _path;
    private readonly string _compression;
    private readonly FileStream _file;
    private readonly Stream _text;

    public DecodedTextInput(string path, TextEncoding encoding)
    {
        _path = path;
        _compression = encoding.Compression;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 128 << 10, FileOptions.SequentialScan);
        try
        {
            _text = Transcode(Decompress(_file, encoding.Compression), encoding);
        }
        catch (InvalidDataException cause)
        {
            _file.Dispose();
            throw FileErrors.Broken(path, _compression, cause);
        }
    }

    public override long BytesRead => _file.Position;

    /// <summary>Wraps a raw stream so that it reads as decompressed bytes.</summary>
    internal static Stream Decompress(Stream raw, string compression) => compression switch
    {
        "gzip" => new GZipStream(raw, CompressionMode.Decompress),
        "brotli" => new BrotliStream(raw, CompressionMode.Decompress),
        _ => raw,
    };

    public override ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return new ValueTask<int>(_text.ReadAtLeast(target.Span, target.Length, throwOnEndOfStream: false));
        }
        catch (Exception cause) when (cause is InvalidDataException or InvalidOperationException)
        {
            throw FileErrors.Broken(_path, _compression, cause);
        }
        catch (IOException cause)
        {
            throw FileErrors.CanNotRead(_path, cause);
        }
    }

    public async ValueTask SkipAsync(long bytes, CancellationToken cancellation)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            while (bytes > 0)
            {
                var read = await ReadAsync(scratch.AsMemory(0, (int)Math.Min(bytes, scratch.Length)), cancellation).ConfigureAwait(false);
                if (read == 0) return;
                bytes -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _text.DisposeAsync().ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
    }

    private static Stream Transcode(Stream bytes, TextEncoding encoding)
    {
        if (encoding.HasByteOrderMark)
        {
            Span<byte> mark = stackalloc byte[TextDetection.MarkLength(encoding.Encoding)];
            bytes.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        }

        var from = TextDetection.EncodingOf(encoding.Encoding);
        return from is UTF8Encoding ? bytes : Encoding.CreateTranscodingStream(bytes, from, new UTF8Encoding(false));
    }
}
