using System.Text;

namespace DataMesh.Formats.Parquet.Metadata;

/// <summary>Reads the Thrift compact protocol from untrusted bytes. Anything unsound throws <see cref="InvalidDataException"/>.</summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int DepthMax = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _depth;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Reads the next field's header of a struct; false at the struct's end. Keep one <paramref name="field"/> per struct, from 0.</summary>
    public bool NextField(ref short field, out ThriftType type)
    {
        var head = Byte();
        type = (ThriftType)(head & 0x0f);
        if (type == ThriftType.Stop) return false;
        field = head >> 4 == 0 ? checked((short)ZigZag()) : (short)(field + (head >> 4));
        return true;
    }

    public int I32(ThriftType type)
    {
        var value = I64(type);
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Bad("an integer beyond 32 bits");
    }

    public long I64(ThriftType type) => type switch
    {
        ThriftType.I8 => (sbyte)Byte(),
        ThriftType.I16 or ThriftType.I32 or ThriftType.I64 => ZigZag(),
        _ => throw Bad($"a {type} where an integer belongs"),
    };

    public static bool Bool(ThriftType type) => type == ThriftType.True;

    public ReadOnlySpan<byte> Binary(ThriftType type)
    {
        if (type != ThriftType.Binary) throw Bad($"a {type} where bytes belong");
        var length = Varint();
        if (length > (ulong)(_bytes.Length - Position)) throw Bad("a length beyond the end");
        var value = _bytes.Slice(Position, (int)length);
        Position += (int)length;
        return value;
    }

    public string String(ThriftType type) => Encoding.UTF8.GetString(Binary(type));

    /// <summary>Reads a list's header. Every element takes at least one byte, so a count beyond what is left is refused.</summary>
    public int List(ThriftType type, out ThriftType element)
    {
        if (type is not (ThriftType.List or ThriftType.Set)) throw Bad($"a {type} where a list belongs");
        var head = Byte();
        element = (ThriftType)(head & 0x0f);
        var count = head >> 4 == 15 ? Varint() : (ulong)(head >> 4);
        if (count > (ulong)(_bytes.Length - Position)) throw Bad("a list longer than what is left");
        return (int)count;
    }

    public static void ExpectStruct(ThriftType type)
    {
        if (type != ThriftType.Struct) throw Bad($"a {type} where a struct belongs");
    }

    /// <summary>Skips a field's value.</summary>
    public void Skip(ThriftType type)
    {
        if (++_depth > DepthMax) throw Bad("values nested too deep");
        switch (type)
        {
            case ThriftType.True or ThriftType.False: break;
            case ThriftType.I8: Byte(); break;
            case ThriftType.I16 or ThriftType.I32 or ThriftType.I64: Varint(); break;
            case ThriftType.Double: Advance(8); break;
            case ThriftType.Uuid: Advance(16); break;
            case ThriftType.Binary: Binary(type); break;
            case ThriftType.List or ThriftType.Set: SkipList(type); break;
            case ThriftType.Map: SkipMap(); break;
            case ThriftType.Struct:
                short field = 0;
                while (NextField(ref field, out var inner)) Skip(inner);
                break;
            default: throw Bad($"an unknown type {(int)type}");
        }

        _depth--;
    }

    private void SkipList(ThriftType type)
    {
        var count = List(type, out var element);
        for (var i = 0; i < count; i++) SkipElement(element);
    }

    private void SkipMap()
    {
        var count = Varint();
        if (count == 0) return;
        if (count > (ulong)(_bytes.Length - Position)) throw Bad("a map longer than what is left");
        var kinds = Byte();
        for (var i = 0UL; i < count; i++)
        {
            SkipElement((ThriftType)(kinds >> 4));
            SkipElement((ThriftType)(kinds & 0x0f));
        }
    }

    /// <summary>In collections a boolean takes a byte of its own.</summary>
    private void SkipElement(ThriftType type)
    {
        if (type is ThriftType.True or ThriftType.False) Byte();
        else Skip(type);
    }

    private byte Byte() => Position < _bytes.Length ? _bytes[Position++] : throw Bad("the end in the middle of a value");

    private void Advance(int count)
    {
        if (count > _bytes.Length - Position) throw Bad("the end in the middle of a value");
        Position += count;
    }

    private long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Byte();
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }

        throw Bad("a number of more than ten bytes");
    }

    private static InvalidDataException Bad(string found) => new($"The metadata holds {found}.");
}
