using System.IO.Compression;
using DataMesh.Core.Errors;
using DataMesh.Formats.Compression;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Decompresses pages of untrusted files.</summary>
internal static class PageDecompressor
{
    /// <summary>Throws when a codec can not be read here.</summary>
    public static void Require(CompressionCodec codec, string path)
    {
        if (Enum.IsDefined(codec) && codec != CompressionCodec.Lzo) return;
        throw new DataMeshException(
            $"The file is compressed with {codec.ToString().ToLowerInvariant()}, which can not be read.", new Location(path),
            hint: "write it again with snappy, zstd, lz4_raw, gzip, brotli or without compression");
    }

    /// <summary>Fills the target exactly, or throws <see cref="InvalidDataException"/>.</summary>
    public static void Decompress(CompressionCodec codec, byte[] source, int offset, int length, Span<byte> target)
    {
        switch (codec)
        {
            case CompressionCodec.Snappy:
                if (!SnappyDecoder.TryDecompress(source.AsSpan(offset, length), target)) throw new InvalidDataException("A page is no sound snappy stream.");
                break;
            case CompressionCodec.Gzip:
                using (var stream = new GZipStream(new MemoryStream(source, offset, length), CompressionMode.Decompress)) Fill(stream, target);
                break;
            case CompressionCodec.Brotli:
                if (!BrotliDecoder.TryDecompress(source.AsSpan(offset, length), target, out var written) || written != target.Length)
                    throw new InvalidDataException("A page is no sound brotli stream.");
                break;
            case CompressionCodec.Zstd:
                ZstdDecoder.Decompress(source.AsSpan(offset, length), target);
                break;
            case CompressionCodec.Lz4Raw:
                if (!Lz4Decoder.TryDecompress(source.AsSpan(offset, length), target)) throw new InvalidDataException("A page is no sound lz4 block.");
                break;
            case CompressionCodec.Lz4:
                if (!Lz4Decoder.TryDecompressHadoop(source.AsSpan(offset, length), target)) throw new InvalidDataException("A page holds no sound lz4 blocks.");
                break;
            default: throw new InvalidDataException($"Pages in codec {codec}.");
        }
    }

    private static void Fill(Stream stream, Span<byte> target)
    {
        if (stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) != target.Length)
            throw new InvalidDataException("A page is shorter than its header says.");
    }
}
