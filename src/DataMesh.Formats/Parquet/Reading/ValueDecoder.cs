using System.Buffers.Binary;
using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Decodes the values of a page in any encoding but dictionary codes. Unsound bytes throw.</summary>
internal static class ValueDecoder
{
    /// <summary>Decodes <paramref name="count"/> values; <paramref name="typeLength"/> is the length of fixed-length byte arrays.</summary>
    public static RawValues Decode(ReadOnlySpan<byte> source, ParquetEncoding encoding, PhysicalType type, int typeLength, int count) => encoding switch
    {
        ParquetEncoding.Plain => Plain(source, type, typeLength, count),
        ParquetEncoding.Rle when type == PhysicalType.Boolean => RleBooleans(source, count),
        ParquetEncoding.DeltaBinaryPacked when type is PhysicalType.Int32 or PhysicalType.Int64 => Deltas(source, type, count),
        ParquetEncoding.DeltaLengthByteArray when type == PhysicalType.ByteArray => DeltaLengths(source, count, out _),
        ParquetEncoding.DeltaByteArray when type is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray => DeltaBytes(source, type, typeLength, count),
        ParquetEncoding.ByteStreamSplit => SplitStreams(source, WidthOf(type, typeLength), count),
        _ => throw new NotSupportedException($"values of type {type} in encoding {encoding}"),
    };

    public static int WidthOf(PhysicalType type, int typeLength) => type switch
    {
        PhysicalType.Boolean => 1,
        PhysicalType.Int32 or PhysicalType.Float => 4,
        PhysicalType.Int64 or PhysicalType.Double => 8,
        PhysicalType.Int96 => 12,
        PhysicalType.FixedLenByteArray when typeLength is > 0 and <= 1 << 20 => typeLength,
        PhysicalType.ByteArray => 0,
        _ => throw new InvalidDataException($"Fixed-length values of {typeLength} bytes."),
    };

    private static RawValues Plain(ReadOnlySpan<byte> source, PhysicalType type, int typeLength, int count)
    {
        if (type == PhysicalType.Boolean) return PackedBooleans(source, count);
        if (type == PhysicalType.ByteArray) return PlainBytes(source, count);
        var width = WidthOf(type, typeLength);
        if ((long)count * width > source.Length) throw new InvalidDataException($"{source.Length} bytes hold no {count} values of {width} bytes.");
        return RawValues.Fixed(source, width, count);
    }

    private static RawValues PackedBooleans(ReadOnlySpan<byte> source, int count)
    {
        if (count > source.Length * 8L) throw new InvalidDataException($"{source.Length} bytes hold no {count} booleans.");
        var data = PooledBuffer.Rent(count);
        var target = data.Span;
        for (var i = 0; i < count; i++) target[i] = (byte)(source[i >> 3] >> (i & 7) & 1);
        return new RawValues(count, 1, data, null);
    }

    private static RawValues RleBooleans(ReadOnlySpan<byte> source, int count)
    {
        using var values = PooledBuffer.Rent<int>(count);
        HybridDecoder.Read(source[4..], 1, values.As<int>());
        var data = PooledBuffer.Rent(count);
        for (var i = 0; i < count; i++) data.Span[i] = (byte)values.As<int>()[i];
        return new RawValues(count, 1, data, null);
    }

    private static RawValues PlainBytes(ReadOnlySpan<byte> source, int count)
    {
        if (count * 4L > source.Length) throw new InvalidDataException($"{source.Length} bytes hold no {count} byte arrays.");
        var offsets = PooledBuffer.Rent<int>(count + 1);
        var data = PooledBuffer.Rent(source.Length - count * 4);
        var (at, written) = (0, 0);
        offsets.As<int>()[0] = 0;
        var ends = offsets.As<int>()[1..];
        var bytes = data.Span;
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(source[at..]);
            source.Slice(at + 4, length).CopyTo(bytes[written..]);
            at += 4 + length;
            written += length;
            ends[i] = written;
        }

        data.SetLength(written);
        return new RawValues(count, 0, data, offsets);
    }

    private static RawValues Deltas(ReadOnlySpan<byte> source, PhysicalType type, int count)
    {
        var values = PooledBuffer.Rent<long>(count);
        DeltaDecoder.Read(source, count, values.As<long>());
        if (type == PhysicalType.Int64) return new RawValues(count, 8, values, null);
        var narrow = PooledBuffer.Rent<int>(count);
        for (var i = 0; i < count; i++) narrow.As<int>()[i] = (int)values.As<long>()[i];
        values.Dispose();
        return new RawValues(count, 4, narrow, null);
    }

    private static RawValues DeltaLengths(ReadOnlySpan<byte> source, int count, out int read)
    {
        using var lengths = PooledBuffer.Rent<long>(count);
        var at = DeltaDecoder.Read(source, count, lengths.As<long>());
        var offsets = PooledBuffer.Rent<int>(count + 1);
        var ends = offsets.As<int>();
        ends[0] = 0;
        for (var i = 0; i < count; i++)
        {
            var length = lengths.As<long>()[i];
            if (length < 0 || length > source.Length - at - ends[i]) throw new InvalidDataException("A byte array is longer than its page.");
            ends[i + 1] = ends[i] + (int)length;
        }

        var data = PooledBuffer.Rent(ends[count]);
        source.Slice(at, ends[count]).CopyTo(data.Span);
        read = at + ends[count];
        return new RawValues(count, 0, data, offsets);
    }

    /// <summary>Each value is a prefix of the one before it, and a suffix.</summary>
    private static RawValues DeltaBytes(ReadOnlySpan<byte> source, PhysicalType type, int typeLength, int count)
    {
        using var prefixes = PooledBuffer.Rent<long>(count);
        var at = DeltaDecoder.Read(source, count, prefixes.As<long>());
        using var suffixes = DeltaLengths(source[at..], count, out _);
        var offsets = PooledBuffer.Rent<int>(count + 1);
        var data = PooledBuffer.Rent(suffixes.Data.Length);
        var ends = offsets.As<int>();
        ends[0] = 0;
        for (var i = 0; i < count; i++)
        {
            var prefix = prefixes.As<long>()[i];
            var start = i == 0 ? 0 : ends[i - 1];
            if (prefix < 0 || prefix > ends[i] - start) throw new InvalidDataException("A prefix is longer than the value before it.");
            var end = checked(ends[i] + (int)prefix + suffixes[i].Length);
            if (end > 256 << 20) throw new InvalidDataException("Prefix-encoded values unfold to more than 256 MiB in one page.");
            if (end > data.Length) data.SetLength(Math.Max(end, (int)Math.Min(2L * data.Length, 256 << 20)));
            data.Span.Slice(start, (int)prefix).CopyTo(data.Span[ends[i]..]);
            suffixes[i].CopyTo(data.Span[(ends[i] + (int)prefix)..]);
            ends[i + 1] = end;
        }

        data.SetLength(ends[count]);
        if (type == PhysicalType.ByteArray) return new RawValues(count, 0, data, offsets);
        offsets.Dispose();
        if (data.Length != (long)count * typeLength) throw new InvalidDataException($"Values are not all {typeLength} bytes long.");
        return new RawValues(count, typeLength, data, null);
    }

    private static RawValues SplitStreams(ReadOnlySpan<byte> source, int width, int count)
    {
        if (width == 0 || (long)count * width > source.Length) throw new InvalidDataException($"{source.Length} bytes hold no {count} split values.");
        var data = PooledBuffer.Rent(count * width);
        var target = data.Span;
        for (var stream = 0; stream < width; stream++)
        {
            var bytes = source.Slice(stream * count, count);
            for (var i = 0; i < count; i++) target[i * width + stream] = bytes[i];
        }

        return new RawValues(count, width, data, null);
    }
}
