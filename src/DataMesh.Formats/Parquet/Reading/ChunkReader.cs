using System.Buffers.Binary;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet.Metadata;
using Microsoft.Win32.SafeHandles;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Decodes one column chunk page by page. Damage of any kind ends in one error that names column and place.</summary>
internal sealed class ChunkReader : IDisposable
{
    private const int PageBytesMax = 256 << 20;
    private const int PageValuesMax = 16 << 20;
    private const int BodyBytesKept = 1 << 20;

    private readonly string _path;
    private readonly SchemaNode _node;
    private readonly ColumnChunkMetadata _chunk;
    private readonly PageSource _source;
    private readonly ValueConverter _converter;
    private PooledBuffer _body = PooledBuffer.Rent(0);
    private RawValues? _dictionary;
    private CodedDictionary? _coded;
    private long _left;
    private PageHeader? _ahead;

    public ChunkReader(SafeFileHandle file, string path, SchemaNode node, ColumnChunkMetadata chunk)
    {
        (_path, _node, _chunk) = (path, node, chunk);
        var size = RandomAccess.GetLength(file);
        if (chunk.Start < 4 || chunk.CompressedSize < 0 || chunk.Start + chunk.CompressedSize > size || chunk.Values < 0)
            throw Damaged(new InvalidDataException("Its column chunk lies outside the file."));
        PageDecompressor.Require(chunk.Codec, path);
        _source = new PageSource(file, chunk.Start, chunk.CompressedSize);
        _converter = new ValueConverter(LeafType.Of(node.Element));
        _left = chunk.Values;
    }

    /// <summary>The next data page, or null when all values were read. The caller owns it.</summary>
    public DecodedPage? Next()
    {
        try
        {
            while (_left > 0)
            {
                if (ReadPage(NextHeader()) is { } page) return page;
            }

            return null;
        }
        catch (Exception cause) when (IsDamage(cause))
        {
            throw Damaged(cause);
        }
    }

    /// <summary>Steps over whole pages that hold no more than <paramref name="values"/> values, without reading them; returns how many values that were.</summary>
    public long SkipPages(long values)
    {
        try
        {
            var skipped = 0L;
            while (_left > 0)
            {
                var header = NextHeader();
                if (header.Type is not (PageType.Data or PageType.DataV2))
                {
                    ReadPage(header);
                }
                else if (header.Values < 0 || header.Values > Math.Min(values - skipped, _left))
                {
                    _ahead = header;
                    break;
                }
                else
                {
                    _source.Skip(header.CompressedSize);
                    skipped += header.Values;
                    _left -= header.Values;
                }
            }

            return skipped;
        }
        catch (Exception cause) when (IsDamage(cause))
        {
            throw Damaged(cause);
        }
    }

    /// <summary>The error for a chunk that ends before its row group does.</summary>
    public DataMeshException TooShort() => Damaged(new InvalidDataException("The column has fewer values than the row group has rows."));

    public void Dispose()
    {
        _source.Dispose();
        _body.Dispose();
        _dictionary?.Dispose();
    }

    private PageHeader NextHeader()
    {
        if (_ahead is { } ahead)
        {
            _ahead = null;
            return ahead;
        }

        return _source.TryReadHeader(out var header) ? header : throw new InvalidDataException($"{_left} values are missing.");
    }

    private static bool IsDamage(Exception cause) =>
        cause is InvalidDataException or ArgumentException or IndexOutOfRangeException or OverflowException or NotSupportedException;

    private DataMeshException Damaged(Exception cause) => new(
        $"Column '{string.Join('.', _node.Path)}' can not be read.", new Location(_path, Byte: _source?.Position ?? _chunk.Start), cause.Message,
        cause is NotSupportedException ? "write the file again with common encodings" : "the file is damaged: get it again from where it came from", cause);

    private DecodedPage? ReadPage(in PageHeader header)
    {
        if (header.UncompressedSize > PageBytesMax || header.Values > PageValuesMax) throw new InvalidDataException($"A page of {header.UncompressedSize} bytes and {header.Values} values.");
        switch (header.Type)
        {
            case PageType.Dictionary:
                ReadDictionary(header);
                return null;
            case PageType.Data:
                return ReadData(header);
            case PageType.DataV2:
                return ReadDataV2(header);
            default:
                _source.Skip(header.CompressedSize);
                return null;
        }
    }

    private void ReadDictionary(in PageHeader header)
    {
        if (_dictionary is not null) throw new InvalidDataException("A second dictionary in one column chunk.");
        if (header.Encoding is not (ParquetEncoding.Plain or ParquetEncoding.PlainDictionary)) throw new NotSupportedException($"a dictionary in encoding {header.Encoding}");
        var body = Decompress(header.CompressedSize, header.UncompressedSize, 0, isCompressed: true);
        _dictionary = ValueDecoder.Decode(body, ParquetEncoding.Plain, _chunk.Type, _node.Element.TypeLength, header.Values);
        if (_chunk.Type == PhysicalType.ByteArray && _converter.Type.Type.IsVariable) _coded = new CodedDictionary(_dictionary);
    }

    private DecodedPage ReadData(in PageHeader header)
    {
        var body = Decompress(header.CompressedSize, header.UncompressedSize, 0, isCompressed: true);
        var repetitions = ReadLevelsV1(ref body, _node.Repetition, header.RepetitionEncoding, header.Values);
        var definitions = ReadLevelsV1(ref body, _node.Definition, header.DefinitionEncoding, header.Values);
        return Finish(header, body, repetitions, definitions);
    }

    private DecodedPage ReadDataV2(in PageHeader header)
    {
        var levels = checked(header.RepetitionBytes + header.DefinitionBytes);
        if (header.RepetitionBytes < 0 || header.DefinitionBytes < 0 || levels > header.CompressedSize || levels > header.UncompressedSize)
            throw new InvalidDataException("A page's levels are longer than the page.");
        var body = Decompress(header.CompressedSize, header.UncompressedSize, levels, header.IsCompressed);
        var repetitions = ReadLevels(body[..header.RepetitionBytes], _node.Repetition, header.Values);
        var definitions = ReadLevels(body[header.RepetitionBytes..levels], _node.Definition, header.Values);
        return Finish(header, body[levels..], repetitions, definitions);
    }

    private DecodedPage Finish(in PageHeader header, ReadOnlySpan<byte> body, PooledBuffer? repetitions, PooledBuffer? definitions)
    {
        var present = definitions is null ? header.Values : definitions.Span.Count((byte)_node.Definition);
        _left -= header.Values;
        var page = new DecodedPage(header.Values, definitions, repetitions, DecodeValues(header.Encoding, body, present));
        ReleaseLarge();
        return page;
    }

    /// <summary>The bytes of a large page are let go of at once: the other columns need the memory while this one's values are used up.</summary>
    private void ReleaseLarge()
    {
        _source.ReleaseLarge();
        if (_body.Capacity <= BodyBytesKept) return;
        _body.Dispose();
        _body = PooledBuffer.Rent(0);
    }

    private Column DecodeValues(ParquetEncoding encoding, ReadOnlySpan<byte> body, int present)
    {
        if (encoding is not (ParquetEncoding.PlainDictionary or ParquetEncoding.RleDictionary))
        {
            using var plain = ValueDecoder.Decode(body, encoding, _chunk.Type, _node.Element.TypeLength, present);
            return _converter.Convert(plain);
        }

        using var codes = PooledBuffer.Rent<int>(present);
        if (present > 0) HybridDecoder.Read(body[1..], body[0], codes.As<int>());
        var dictionary = _dictionary ?? (present == 0 ? new RawValues(0, 8, PooledBuffer.Rent(0), null) : throw new InvalidDataException("A page of codes without a dictionary."));
        dictionary.Check(codes.As<int>());
        if (_coded is not null) return _coded.ToColumn(_converter.Type.Type, codes.As<int>());
        using var picked = dictionary.Pick(codes.As<int>());
        return _converter.Convert(picked);
    }

    private ReadOnlySpan<byte> Decompress(int compressed, int uncompressed, int levels, bool isCompressed)
    {
        var stored = _source.Read(compressed);
        if (_chunk.Codec == CompressionCodec.Uncompressed || !isCompressed) return stored;
        _body.SetLength(0);
        _body.SetLength(uncompressed);
        stored.AsSpan(0, levels).CopyTo(_body.Span);
        if (uncompressed > levels) PageDecompressor.Decompress(_chunk.Codec, stored.Array!, stored.Offset + levels, compressed - levels, _body.Span[levels..]);
        return _body.Span;
    }

    private static PooledBuffer? ReadLevelsV1(ref ReadOnlySpan<byte> body, int max, ParquetEncoding encoding, int count)
    {
        if (max == 0) return null;
        if (encoding != ParquetEncoding.Rle) throw new NotSupportedException($"levels in encoding {encoding}");
        var length = BinaryPrimitives.ReadInt32LittleEndian(body);
        var levels = ReadLevels(body.Slice(4, length), max, count);
        body = body[(4 + length)..];
        return levels;
    }

    /// <summary>The levels, one byte each; null when the schema has none.</summary>
    private static PooledBuffer? ReadLevels(ReadOnlySpan<byte> source, int max, int count)
    {
        if (max == 0) return null;
        using var wide = PooledBuffer.Rent<int>(count);
        var values = wide.As<int>();
        HybridDecoder.Read(source, Writing.HybridEncoder.BitWidth(max), values);
        var levels = PooledBuffer.Rent(count);
        var target = levels.Span;
        for (var i = 0; i < values.Length; i++) target[i] = (byte)values[i];
        if (values.ContainsAnyExceptInRange(0, max)) throw new InvalidDataException("A level is higher than the schema allows.");
        return levels;
    }
}
