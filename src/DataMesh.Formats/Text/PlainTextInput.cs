using DataMesh.Core.Errors;
using Microsoft.Win32.SafeHandles;

namespace DataMesh.Formats.Text;

/// <summary>A UTF-8 file read as it is, straight into the caller's buffer.</summary>
internal sealed class PlainTextInput : TextInput
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly long _first;
    private long _offset;

    public PlainTextInput(string path, TextEncoding encoding, long from)
    {
        _path = path;
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        _first = _offset = from + (encoding.HasByteOrderMark ? TextDetection.Utf8Mark.Length : 0);
    }

    public override long BytesRead => _offset - _first;

    public override ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var filled = 0;
        try
        {
            // Synchronous on purpose: data in the page cache is copied faster than an asynchronous read is set up.
            while (filled < target.Length)
            {
                var read = RandomAccess.Read(_file, target.Span[filled..], _offset);
                if (read == 0) break;
                filled += read;
                _offset += read;
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DataMeshException("The file can not be read.", new Location(_path, Byte: _offset), cause.Message, cause: cause);
        }

        return new ValueTask<int>(filled);
    }

    public override ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}
