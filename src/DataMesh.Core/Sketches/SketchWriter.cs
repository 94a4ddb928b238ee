using System.Buffers.Binary;

namespace DataMesh.Core.Sketches;

/// <summary>Writes the byte form of a sketch: a version byte, then little-endian fields.</summary>
internal sealed class SketchWriter
{
    private byte[] _bytes = new byte[64];
    private int _length;

    public SketchWriter(byte version) => Byte(version);

    public void Byte(byte value) => Room(1)[0] = value;

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int64(value.Length);
        value.CopyTo(Room(value.Length));
    }

    public byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();

    private Span<byte> Room(int count)
    {
        if (_length + count > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }
}

/// <summary>Reads what <see cref="SketchWriter"/> wrote; throws <see cref="FormatException"/> on bytes that are no sketch.</summary>
internal ref struct SketchReader
{
    private ReadOnlySpan<byte> _rest;

    public SketchReader(ReadOnlySpan<byte> bytes, byte version)
    {
        _rest = bytes;
        var found = Byte();
        if (found != version) throw new FormatException($"A sketch of version {version} was expected, {found} found.");
    }

    public byte Byte() => Take(1)[0];

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ReadOnlySpan<byte> Bytes() => Take(Count(1));

    /// <summary>A count of items that each need at least <paramref name="itemBytes"/> more bytes.</summary>
    public int Count(int itemBytes)
    {
        var count = Int64();
        if (count < 0 || count > _rest.Length / itemBytes) throw new FormatException("A sketch's bytes are cut off.");
        return (int)count;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw new FormatException("A sketch's bytes are cut off.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
