using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Bytes that grow, in pooled memory: the data of a flat column while it is made.</summary>
internal sealed class TextBuffer : IDisposable
{
    private PooledBuffer _buffer = PooledBuffer.Rent(1024);

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes so far.</summary>
    public Span<byte> Written => _buffer.Array.AsSpan(0, Length);

    /// <summary>Room for at least <paramref name="bytes"/> more; say with <see cref="Advance"/> how many were used.</summary>
    public Span<byte> Room(int bytes)
    {
        if (_buffer.Capacity - Length < bytes)
        {
            _buffer.SetLength(Length);
            _buffer.SetLength(checked(Length + bytes));
        }

        return _buffer.Array.AsSpan(Length);
    }

    /// <summary>Takes bytes of the room into the content.</summary>
    public void Advance(int bytes) => Length += bytes;

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void Append(byte value)
    {
        Room(1)[0] = value;
        Length++;
    }

    /// <summary>Forgets what was written after <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Hands the memory over and begins anew.</summary>
    public PooledBuffer Detach()
    {
        var full = _buffer;
        full.SetLength(Length);
        _buffer = PooledBuffer.Rent(1024);
        Length = 0;
        return full;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
