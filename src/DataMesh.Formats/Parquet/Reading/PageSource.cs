using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Metadata;
using Microsoft.Win32.SafeHandles;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Reads the pages of one column chunk from disk, through a window that holds at most a few pages.</summary>
internal sealed class PageSource(SafeFileHandle file, long start, long length) : IDisposable
{
    private const int WindowBytes = 256 << 10;
    private const int HeaderBytesMax = 16 << 20;

    private PooledBuffer _window = PooledBuffer.Rent(0);
    private readonly long _end = start + length;
    private long _windowStart = start;
    private int _consumed;

    /// <summary>Where the next byte lies in the file.</summary>
    public long Position => _windowStart + _consumed;

    private int Available => _window.Length - _consumed;

    /// <summary>Reads the next page header; false at the end of the chunk.</summary>
    public bool TryReadHeader(out PageHeader header)
    {
        header = default;
        if (Position >= _end) return false;
        for (var wanted = 4 << 10; ; wanted *= 8)
        {
            var got = Require((int)Math.Min(wanted, _end - Position));
            try
            {
                header = MetadataReader.ReadPageHeader(got, out var headerLength);
                _consumed += headerLength;
                return true;
            }
            catch (InvalidDataException) when (got.Length < _end - Position && wanted < HeaderBytesMax)
            {
                // The header may only be longer than what was read: look again at more.
            }
        }
    }

    /// <summary>The next <paramref name="count"/> bytes, as a place in an array; valid until the next call.</summary>
    public ArraySegment<byte> Read(int count)
    {
        if (count > _end - Position) throw new InvalidDataException("A page is longer than its column chunk.");
        Require(count);
        var segment = new ArraySegment<byte>(_window.Array, _consumed, count);
        _consumed += count;
        return segment;
    }

    /// <summary>Steps over bytes without reading them.</summary>
    public void Skip(int count)
    {
        if (count > _end - Position) throw new InvalidDataException("A page is longer than its column chunk.");
        if (count <= Available)
        {
            _consumed += count;
            return;
        }

        (_windowStart, _consumed) = (Position + count, 0);
        _window.SetLength(0);
    }

    /// <summary>Gives a window that grew for a large page back; what lies behind the page is kept.</summary>
    public void ReleaseLarge()
    {
        if (_window.Capacity <= 4 * WindowBytes) return;
        var rest = PooledBuffer.Rent(Available);
        _window.Span[_consumed..].CopyTo(rest.Span);
        (_windowStart, _consumed) = (Position, 0);
        _window.Dispose();
        _window = rest;
    }

    public void Dispose() => _window.Dispose();

    private ReadOnlySpan<byte> Require(int count)
    {
        if (Available < count) Refill(count);
        return _window.Span[_consumed..];
    }

    private void Refill(int count)
    {
        var kept = Available;
        _window.Span[_consumed..].CopyTo(_window.Span);
        (_windowStart, _consumed) = (Position, 0);
        var wanted = (int)Math.Min(Math.Max(count, WindowBytes), _end - _windowStart);
        _window.SetLength(kept);
        _window.SetLength(wanted);
        while (kept < wanted)
        {
            var read = RandomAccess.Read(file, _window.Array.AsSpan(kept, wanted - kept), _windowStart + kept);
            if (read == 0) throw new InvalidDataException("The file ends in the middle of a column chunk.");
            kept += read;
        }
    }
}
