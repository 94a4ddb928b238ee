using System.Buffers.Binary;
using System.Text;

namespace DataMesh.Core.Storage;

/// <summary>Reads what <see cref="StateWriter"/> wrote. Throws <see cref="FormatException"/> on a file that is cut off, damaged, or of another kind.</summary>
public sealed class StateReader
{
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[64 << 10];
    private long _unread;
    private int _at;
    private int _filled;

    /// <summary>Opens a file; its whole content is checked before anything is given out.</summary>
    public StateReader(Stream stream)
    {
        _stream = stream;
        if (stream.Length < StateWriter.Magic.Length + StateWriter.TrailerBytes) throw new FormatException("The file is cut off.");
        Check();
        stream.Position = 0;
        _unread = stream.Length - StateWriter.TrailerBytes;
        Span<byte> magic = stackalloc byte[StateWriter.Magic.Length];
        Raw(magic);
        if (!magic.SequenceEqual(StateWriter.Magic)) throw new FormatException("The file is no state file of this version.");
    }

    /// <summary>Whether the file holds everything that the stage kept; else it holds what changed since the file before it.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Bytes left to read.</summary>
    public long Left => _unread + _filled - _at;

    /// <summary>Reads a byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>Reads a boolean.</summary>
    public bool Flag() => Byte() != 0;

    /// <summary>Reads a 32-bit integer.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    /// <summary>Reads a 64-bit integer.</summary>
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>Reads a 128-bit integer.</summary>
    public Int128 Int128() => BinaryPrimitives.ReadInt128LittleEndian(Take(16));

    /// <summary>Reads a double.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    /// <summary>Reads a text.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>Reads bytes written with their length.</summary>
    public byte[] Bytes()
    {
        var bytes = new byte[Count(1)];
        Raw(bytes);
        return bytes;
    }

    /// <summary>Reads a count of items that each take at least <paramref name="itemBytes"/> more bytes.</summary>
    public int Count(int itemBytes)
    {
        var count = Int32();
        if (count < 0 || count > Left / itemBytes) throw new FormatException("A count is larger than what follows it.");
        return count;
    }

    /// <summary>Fills <paramref name="target"/>.</summary>
    public void Raw(Span<byte> target)
    {
        while (target.Length > 0)
        {
            if (_at == _filled) Fill();
            var count = Math.Min(target.Length, _filled - _at);
            _buffer.AsSpan(_at, count).CopyTo(target);
            _at += count;
            target = target[count..];
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_filled - _at < count)
        {
            var scratch = new byte[count];
            Raw(scratch);
            return scratch;
        }

        _at += count;
        return _buffer.AsSpan(_at - count, count);
    }

    private void Fill()
    {
        if (_unread == 0) throw new FormatException("The file ends in the middle of a value.");
        var count = (int)Math.Min(_unread, _buffer.Length);
        _stream.ReadExactly(_buffer, 0, count);
        (_at, _filled) = (0, count);
        _unread -= count;
    }

    private void Check()
    {
        var checksum = new Checksum();
        _stream.Position = 0;
        for (var left = _stream.Length - 4; left > 0;)
        {
            var count = (int)Math.Min(left, _buffer.Length);
            _stream.ReadExactly(_buffer, 0, count);
            checksum.Add(_buffer.AsSpan(0, count));
            left -= count;
            if (left == 0) IsWhole = _buffer[count - 1] != 0;
        }

        Span<byte> crc = stackalloc byte[4];
        _stream.ReadExactly(crc);
        if (BinaryPrimitives.ReadUInt32LittleEndian(crc) != checksum.Value) throw new FormatException("The checksum does not match.");
    }
}
