using System.Buffers.Binary;
using System.Text;

namespace DataMesh.Core.Storage;

/// <summary>
/// Writes what a stage keeps into a state file: <c>DMSTATE</c> and a version byte, then little-endian fields as the stage writes them, at the end
/// a byte that says whether the file is whole and a CRC-32C of everything before it.
/// </summary>
public sealed class StateWriter(Stream stream)
{
    internal const int TrailerBytes = 5;

    private readonly byte[] _buffer = new byte[64 << 10];
    private Checksum _checksum = new();
    private int _length;

    /// <summary>How every state file begins.</summary>
    public static ReadOnlySpan<byte> Magic => "DMSTATE\x01"u8;

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>Writes a byte.</summary>
    public void Byte(byte value) => Room(1)[0] = value;

    /// <summary>Writes a boolean.</summary>
    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Writes a 32-bit integer.</summary>
    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);

    /// <summary>Writes a 64-bit integer.</summary>
    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);

    /// <summary>Writes a 128-bit integer.</summary>
    public void Int128(Int128 value) => BinaryPrimitives.WriteInt128LittleEndian(Room(16), value);

    /// <summary>Writes a double, bit by bit.</summary>
    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);

    /// <summary>Writes a text with its length.</summary>
    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>Writes bytes with their length.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        Raw(value);
    }

    /// <summary>Writes bytes without their length.</summary>
    public void Raw(ReadOnlySpan<byte> value)
    {
        while (value.Length > 0)
        {
            if (_length == _buffer.Length) Flush();
            var count = Math.Min(value.Length, _buffer.Length - _length);
            value[..count].CopyTo(_buffer.AsSpan(_length));
            _length += count;
            Length += count;
            value = value[count..];
        }
    }

    /// <summary>Ends the file.</summary>
    public void Finish(bool isWhole)
    {
        Flag(isWhole);
        Flush();
        Span<byte> crc = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, _checksum.Value);
        stream.Write(crc);
        Length += 4;
    }

    private Span<byte> Room(int count)
    {
        if (_length + count > _buffer.Length) Flush();
        _length += count;
        Length += count;
        return _buffer.AsSpan(_length - count, count);
    }

    private void Flush()
    {
        _checksum.Add(_buffer.AsSpan(0, _length));
        stream.Write(_buffer, 0, _length);
        _length = 0;
    }
}
