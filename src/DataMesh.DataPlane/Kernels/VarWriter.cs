using System.Text;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Writes the values of a flat variable-length column one after the other.</summary>
internal sealed class VarWriter
{
    private readonly PooledBuffer _offsets;
    private readonly PooledBuffer _data;
    private int _count;
    private int _length;

    public VarWriter(int capacity)
    {
        _offsets = PooledBuffer.Rent<int>(capacity + 1);
        _offsets.As<int>()[0] = 0;
        _data = PooledBuffer.Rent(capacity * 8);
    }

    /// <summary>Appends bytes to the value being written.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void Write(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    /// <summary>Appends text as UTF-8.</summary>
    public void Write(ReadOnlySpan<char> text) => _length += Encoding.UTF8.GetBytes(text, Reserve(text.Length * 3));

    /// <summary>Room for <paramref name="bytes"/> more; what is used is told to <see cref="Advance"/>.</summary>
    public Span<byte> Reserve(int bytes)
    {
        var needed = checked(_length + bytes);
        if (needed > _data.Length) _data.SetLength(needed > _data.Capacity ? Math.Max(needed, (int)Math.Min(int.MaxValue / 2, _data.Capacity * 2L)) : _data.Capacity);
        return _data.Span[_length..];
    }

    /// <summary>Says how much of the reserved room was used.</summary>
    public void Advance(int bytes) => _length += bytes;

    /// <summary>The value being written, so far.</summary>
    public Span<byte> Current => _data.Span[_offsets.As<int>()[_count].._length];

    /// <summary>Drops what was written of the current value.</summary>
    public void Reset() => _length = _offsets.As<int>()[_count];

    /// <summary>Ends the value.</summary>
    public void EndValue() => _offsets.As<int>()[++_count] = _length;

    /// <summary>The column; the writer must not be used afterwards.</summary>
    public VarColumn ToColumn(DataType type, Bitmap? validity)
    {
        _data.SetLength(_length);
        return new VarColumn(type, _offsets, _data, _count, validity);
    }
}
