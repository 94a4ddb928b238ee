using DataMesh.Core.Columns;
using DataMesh.Formats.Compression;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>
/// Builds the bytes of column chunks out of pages, all chunks of a row group one after the other in one buffer, as they will lie in the file. The codec is chosen when the first data page is there: when a piece of it (and the dictionary)
/// does not shrink enough, the whole chunk stays uncompressed and later pages are encoded straight into it. Byte strings are compressed value by
/// value where that gives about the same size, because it is several times faster.
/// </summary>
internal sealed class ChunkBuilder(bool snappyAllowed)
{
    private const int SampleBytes = 16 << 10;
    private const int ByteStringSampleBytes = 48 << 10;
    private const double WorthwhileRatio = 0.8;
    private const double ValueWiseRatio = 1.25;

    private readonly SnappyEncoder _snappy = new();
    private readonly ValueSnappyEncoder _valueSnappy = new();
    private readonly ThriftWriter _header = new();
    private readonly PooledBuffer _page = PooledBuffer.Rent(0);
    private readonly PooledBuffer _dictionary = PooledBuffer.Rent(0);
    private PooledBuffer _chunks = PooledBuffer.Rent(0);
    private CompressionCodec? _codec;
    private int _lastGroupLength;
    private int _start;
    private int _length;
    private int _bodyAt;
    private int _headerGuess;
    private int _dictionaryLength;
    private int _dictionaryValues;
    private int _dictionaryEnd;
    private long _uncompressed;
    private int _values;
    private bool _isValueWise;

    /// <summary>Begins a row group of so many bytes of column memory, which probably grows as large as the last one; the first one, to about half.</summary>
    public void BeginGroup(long columnBytes)
    {
        if (_lastGroupLength == 0) _lastGroupLength = (int)Math.Clamp(columnBytes / 2, 1 << 16, 1 << 26);
        _chunks = PooledBuffer.Rent(checked(_lastGroupLength + _lastGroupLength / 32));
        _length = 0;
    }

    /// <summary>Gives the bytes of the row group's chunks away.</summary>
    public PooledBuffer EndGroup()
    {
        _chunks.SetLength(_length);
        _lastGroupLength = Math.Max(_length, 1 << 16);
        return _chunks;
    }

    /// <summary>Begins a chunk of so many values, nulls included.</summary>
    public void Begin(int values)
    {
        (_start, _values, _isValueWise) = (_length, values, false);
        (_uncompressed, _dictionaryValues, _dictionaryEnd, _headerGuess) = (0, -1, 0, 24);
        _codec = snappyAllowed ? null : CompressionCodec.Uncompressed;
    }

    /// <summary>Room for the dictionary page; comes before the first data page.</summary>
    public Span<byte> BeginDictionary(int bytesMax)
    {
        _dictionary.SetLength(bytesMax);
        return _dictionary.Span;
    }

    public void EndDictionary(int bytes, int values) => (_dictionaryLength, _dictionaryValues) = (bytes, values);

    /// <summary>Room for the levels and values of a data page.</summary>
    public Span<byte> BeginPage(int bytesMax)
    {
        if (_codec == CompressionCodec.Uncompressed && (_dictionaryValues < 0 || _dictionaryEnd > 0))
        {
            _bodyAt = _length + _headerGuess;
            Reserve(_bodyAt + bytesMax);
            return _chunks.Array.AsSpan(_bodyAt, bytesMax);
        }

        _bodyAt = -1;
        if (_page.Capacity < bytesMax) _page.SetLength(bytesMax);
        return _page.Array.AsSpan(0, bytesMax);
    }

    /// <summary>
    /// Closes the page whose body was written to the room that <see cref="BeginPage"/> gave. <paramref name="bytesAt"/> says where plain byte
    /// strings begin in it, if it holds such.
    /// </summary>
    public void EndPage(int bytes, int values, ParquetEncoding encoding, int bytesAt = -1)
    {
        if (_bodyAt >= 0)
        {
            PutHeader(bytes, bytes, values, encoding);
            return;
        }

        var body = _page.Array.AsSpan(0, bytes);
        _codec ??= Choose(body, values, bytesAt);
        if (_dictionaryValues >= 0 && _dictionaryEnd == 0) PutDictionary();
        PutPage(body, values, encoding, bytesAt);
    }

    /// <summary>Ends the chunk and says what it is.</summary>
    public EncodedChunk End(long values, ParquetEncoding encoding, ColumnBounds bounds, long nullCount)
    {
        _codec ??= CompressionCodec.Uncompressed;
        return new EncodedChunk
        {
            Start = _start,
            Length = _length - _start,
            Codec = _codec.Value,
            Encoding = encoding,
            Values = values,
            UncompressedSize = _uncompressed,
            DictionaryBytes = _dictionaryEnd == 0 ? 0 : _dictionaryEnd - _start,
            Bounds = bounds,
            NullCount = nullCount,
        };
    }

    /// <summary>The first page speaks for the others, so a dictionary counts once and the page as often as there will be pages.</summary>
    private CompressionCodec Choose(ReadOnlySpan<byte> body, int values, int bytesAt)
    {
        // Numbers and codes show in little what they are; texts repeat from farther away.
        var sample = body[..Math.Min(body.Length, bytesAt >= 0 ? ByteStringSampleBytes : SampleBytes)];
        var packed = CompressedLength(sample);
        if (bytesAt >= 0 && bytesAt < sample.Length) _isValueWise = _valueSnappy.Compress(sample, bytesAt, Room(sample.Length)) <= packed * ValueWiseRatio;
        if (_dictionaryValues < 0 || values == 0) return packed < sample.Length * WorthwhileRatio ? CompressionCodec.Snappy : CompressionCodec.Uncompressed;
        var pages = (double)_values / values * body.Length / Math.Max(1, sample.Length);
        var dictionarySample = _dictionary.Array.AsSpan(0, Math.Min(_dictionaryLength, SampleBytes));
        var dictionaries = (double)_dictionaryLength / Math.Max(1, dictionarySample.Length);
        var (raw, all) = (pages * sample.Length + _dictionaryLength, pages * packed + dictionaries * CompressedLength(dictionarySample));
        return all < raw * WorthwhileRatio ? CompressionCodec.Snappy : CompressionCodec.Uncompressed;
    }

    private int CompressedLength(ReadOnlySpan<byte> bytes) => _snappy.Compress(bytes, Room(bytes.Length));

    /// <summary>Room for a trial, behind what is there.</summary>
    private Span<byte> Room(int bytes)
    {
        Reserve(_length + SnappyEncoder.MaxCompressedLength(bytes));
        return _chunks.Array.AsSpan(_length);
    }

    private void PutDictionary()
    {
        _bodyAt = -1;
        PutPage(_dictionary.Array.AsSpan(0, _dictionaryLength), _dictionaryValues, null, -1);
        _dictionaryEnd = _length;
    }

    /// <summary>Puts a page body behind a guess of its header's length; the guess is right for all but the first pages of a chunk.</summary>
    private void PutPage(ReadOnlySpan<byte> body, int values, ParquetEncoding? encoding, int bytesAt)
    {
        _bodyAt = _length + _headerGuess;
        int stored;
        if (_codec == CompressionCodec.Snappy)
        {
            var room = SnappyEncoder.MaxCompressedLength(body.Length);
            Reserve(_bodyAt + room);
            var target = _chunks.Array.AsSpan(_bodyAt, room);
            stored = _isValueWise && bytesAt >= 0 ? _valueSnappy.Compress(body, bytesAt, target) : _snappy.Compress(body, target);
        }
        else
        {
            Reserve(_bodyAt + body.Length);
            body.CopyTo(_chunks.Array.AsSpan(_bodyAt));
            stored = body.Length;
        }

        PutHeader(body.Length, stored, values, encoding);
    }

    private void PutHeader(int uncompressed, int stored, int values, ParquetEncoding? encoding)
    {
        _header.Clear();
        if (encoding is { } known) MetadataWriter.WriteDataPageHeader(_header, uncompressed, stored, values, known);
        else MetadataWriter.WriteDictionaryPageHeader(_header, uncompressed, stored, values);
        var bodyAt = _length + _header.Length;
        if (bodyAt != _bodyAt)
        {
            Reserve(bodyAt + stored);
            _chunks.Array.AsSpan(_bodyAt, stored).CopyTo(_chunks.Array.AsSpan(bodyAt));
            _headerGuess = _header.Length;
        }

        _header.Written.CopyTo(_chunks.Array.AsSpan(_length));
        _length = bodyAt + stored;
        _uncompressed += _header.Length + uncompressed;
    }

    private void Reserve(int bytes)
    {
        if (bytes > _chunks.Capacity) Grow(bytes);
    }

    /// <summary>By a quarter: these are the largest buffers of a run, and their sizes stay in the pool.</summary>
    private void Grow(int bytes)
    {
        var larger = PooledBuffer.Rent(Math.Max(bytes, (int)Math.Min(Array.MaxLength, _chunks.Capacity * 5L / 4)));
        _chunks.Array.AsSpan(0, Math.Min(_chunks.Capacity, larger.Capacity)).CopyTo(larger.Array);
        _chunks.Dispose();
        _chunks = larger;
    }
}
