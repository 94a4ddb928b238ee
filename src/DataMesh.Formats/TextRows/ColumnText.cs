using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.TextRows;

/// <summary>The texts of some rows of one column, one after the other.</summary>
internal sealed class ColumnText : IDisposable
{
    /// <summary>Bytes that may be read behind the text, so that short values can be copied as one vector.</summary>
    public const int Slack = 32;

    private readonly PooledBuffer _text = PooledBuffer.Rent(16 << 10);
    private int[] _ends = new int[1024];

    /// <summary>The array that holds the texts from index 0.</summary>
    public byte[] Array => _text.Array;

    /// <summary>Bytes of all texts.</summary>
    public int Length { get; private set; }

    /// <summary>Number of texts.</summary>
    public int Count { get; private set; }

    /// <summary>Where each text ends.</summary>
    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, Count);

    /// <summary>Forgets the texts.</summary>
    public void Clear() => Length = Count = 0;

    /// <summary>Room for at least <paramref name="bytes"/> bytes at the end of the last text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Room(int bytes)
    {
        if (_text.Capacity - Length < bytes + Slack) Grow(bytes);
        return MemoryMarshal.CreateSpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Array), Length), bytes);
    }

    /// <summary>Adds bytes to the text that is being written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Takes bytes that were written into <see cref="Room"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int bytes) => Length += bytes;

    /// <summary>Ends the text of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void End()
    {
        if (Count == _ends.Length) System.Array.Resize(ref _ends, Count * 2);
        _ends[Count++] = Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int bytes)
    {
        _text.SetLength(Length);
        _text.SetLength(checked(Length + bytes + Slack));
    }
}
