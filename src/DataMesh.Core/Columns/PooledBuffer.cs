using System.Runtime.InteropServices;

namespace DataMesh.Core.Columns;

/// <summary>
/// Column memory rented from a pool. It has one owner at a time; the owner disposes it.
/// A buffer that is never disposed is collected by the GC: forgetting costs speed, not safety.
/// The content is not cleared when rented.
/// </summary>
public sealed class PooledBuffer : IDisposable
{
    private byte[]? _array;

    private PooledBuffer(byte[] array, int length)
    {
        _array = array;
        Length = length;
    }

    /// <summary>Used bytes; may be lowered or raised up to <see cref="Capacity"/>.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that fit without growing.</summary>
    public int Capacity => Array.Length;

    /// <summary>The array itself (longer than <see cref="Length"/>), for code that needs pinning or refs.</summary>
    public byte[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledBuffer));

    /// <summary>Rents a buffer of <paramref name="bytes"/> bytes with unspecified content.</summary>
    public static PooledBuffer Rent(int bytes) => new(ColumnMemory.Rent(bytes), bytes);

    /// <summary>Rents room for <paramref name="count"/> values.</summary>
    public static PooledBuffer Rent<T>(int count) where T : unmanaged => Rent(checked(count * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()));

    /// <summary>A buffer of zero bytes.</summary>
    public static PooledBuffer RentCleared(int bytes)
    {
        var buffer = Rent(bytes);
        buffer.Array.AsSpan(0, bytes).Clear();
        return buffer;
    }

    /// <summary>The used bytes.</summary>
    public Span<byte> Span => Array.AsSpan(0, Length);

    /// <summary>The used bytes as values of <typeparamref name="T"/>.</summary>
    public Span<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Span);

    /// <summary>Sets the used length; grows (keeping content) when it does not fit.</summary>
    public void SetLength(int bytes)
    {
        if (bytes > Array.Length)
        {
            var larger = ColumnMemory.Rent((int)Math.Min(System.Array.MaxLength, Math.Max(bytes, 2L * Array.Length)));
            Array.AsSpan(0, Length).CopyTo(larger);
            ColumnMemory.Return(Array);
            _array = larger;
        }

        Length = bytes;
    }

    /// <summary>Gives the memory back to the pool; the buffer must not be used afterwards.</summary>
    public void Dispose()
    {
        var array = Interlocked.Exchange(ref _array, null);
        if (array is not null) ColumnMemory.Return(array);
    }
}
