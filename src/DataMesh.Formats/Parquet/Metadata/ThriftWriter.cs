using System.Text;

namespace DataMesh.Formats.Parquet.Metadata;

/// <summary>Writes the Thrift compact protocol. Structs nest up to 16 deep, which Parquet's metadata never reaches.</summary>
internal sealed class ThriftWriter
{
    private readonly short[] _outerFields = new short[16];
    private byte[] _buffer = new byte[256];
    private int _depth;
    private short _lastField;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Clear() => (Length, _depth, _lastField) = (0, 0, 0);

    public void Field(short id, int value)
    {
        Header(id, ThriftType.I32);
        Varint(ZigZag(value));
    }

    public void Field(short id, short value)
    {
        Header(id, ThriftType.I16);
        Varint(ZigZag(value));
    }

    public void Field(short id, long value)
    {
        Header(id, ThriftType.I64);
        Varint(ZigZag(value));
    }

    public void Field(short id, sbyte value)
    {
        Header(id, ThriftType.I8);
        Byte((byte)value);
    }

    public void Field(short id, bool value) => Header(id, value ? ThriftType.True : ThriftType.False);

    public void Field(short id, ReadOnlySpan<byte> value)
    {
        Header(id, ThriftType.Binary);
        Bytes(value);
    }

    public void Field(short id, string value) => Field(id, (ReadOnlySpan<byte>)Encoding.UTF8.GetBytes(value));

    /// <summary>Begins a struct that is a field; end it with <see cref="EndStruct"/>.</summary>
    public void BeginStruct(short id)
    {
        Header(id, ThriftType.Struct);
        BeginElement();
    }

    /// <summary>Begins a struct that is an element of a list.</summary>
    public void BeginElement()
    {
        _outerFields[_depth++] = _lastField;
        _lastField = 0;
    }

    public void EndStruct()
    {
        Byte(0);
        _lastField = _outerFields[--_depth];
    }

    /// <summary>Ends the outermost struct.</summary>
    public void Stop() => Byte(0);

    public void EmptyStruct(short id)
    {
        BeginStruct(id);
        EndStruct();
    }

    public void List(short id, ThriftType element, int count)
    {
        Header(id, ThriftType.List);
        if (count < 15)
        {
            Byte((byte)(count << 4 | (int)element));
            return;
        }

        Byte((byte)(0xf0 | (int)element));
        Varint((ulong)count);
    }

    public void Element(int value) => Varint(ZigZag(value));

    public void Element(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    private static ulong ZigZag(long value) => (ulong)(value << 1 ^ value >> 63);

    private void Header(short id, ThriftType type)
    {
        var delta = id - _lastField;
        if (delta is > 0 and < 16)
        {
            Byte((byte)(delta << 4 | (int)type));
        }
        else
        {
            Byte((byte)type);
            Varint(ZigZag(id));
        }

        _lastField = id;
    }

    private void Bytes(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        Room(value.Length);
        value.CopyTo(_buffer.AsSpan(Length));
        Length += value.Length;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        Room(1);
        _buffer[Length++] = value;
    }

    private void Room(int bytes)
    {
        if (Length + bytes > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + bytes));
    }
}
