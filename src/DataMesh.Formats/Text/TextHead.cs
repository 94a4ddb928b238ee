using System.IO.Compression;
using DataMesh.Core;

namespace DataMesh.Formats.Text;

/// <summary>Reads the head of a file, with compression and encoding found by content.</summary>
public static class TextHead
{
    private static ReadOnlySpan<byte> ParquetMagic => "PAR1"u8;

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B, 0x08];

    /// <summary>Reads the head. <paramref name="encoding"/> and <paramref name="compression"/> overrule what would be found.</summary>
    public static FileHead Read(string path, string? encoding = null, string? compression = null, int bytes = Limits.SampleBytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            return Read(file, path, encoding, compression, bytes);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.CanNotRead(path, cause);
        }
    }

    private static FileHead Read(FileStream file, string path, string? encoding, string? compression, int bytes)
    {
        var raw = Fill(file, bytes, path, "none", out var rawIsWhole);
        compression ??= FindCompression(raw, path);
        var isWhole = rawIsWhole;
        if (compression != "none")
        {
            file.Position = 0;
            using var decompressed = DecodedTextInput.Decompress(file, compression);
            raw = Fill(decompressed, bytes, path, compression, out isWhole);
        }

        if (raw.AsSpan().StartsWith(ParquetMagic)) return new FileHead(path, raw, isWhole, new TextEncoding(compression));
        var found = TextDetection.Detect(raw, isWhole, compression);
        if (encoding is not null)
            found = found with { Encoding = encoding, HasByteOrderMark = found.HasByteOrderMark && found.Encoding == encoding };
        return new FileHead(path, ToUtf8(raw, found), isWhole, found);
    }

    private static ReadOnlyMemory<byte> ToUtf8(byte[] raw, TextEncoding encoding)
    {
        var skip = encoding.HasByteOrderMark ? TextDetection.MarkLength(encoding.Encoding) : 0;
        if (encoding.Encoding == "utf-8") return raw.AsMemory(skip);
        using var transcoded = System.Text.Encoding.CreateTranscodingStream(
            new MemoryStream(raw, skip, raw.Length - skip), TextDetection.EncodingOf(encoding.Encoding), new System.Text.UTF8Encoding(false));
        using var text = new MemoryStream(raw.Length);
        transcoded.CopyTo(text);
        return text.ToArray();
    }

    private static string FindCompression(ReadOnlySpan<byte> raw, string path)
    {
        if (raw.StartsWith(GzipMagic)) return "gzip";
        var named = path.EndsWith(".br", StringComparison.OrdinalIgnoreCase);
        if (!named && (raw.StartsWith(ParquetMagic) || !IsNoText(raw))) return "none";
        return IsBrotliText(raw, named) ? "brotli" : "none";
    }

    private static bool IsNoText(ReadOnlySpan<byte> raw) =>
        TextDetection.Detect(raw, false) is { HasByteOrderMark: false, Encoding: "utf-8" or "latin-1" } && TextDetection.LooksBinary(raw);

    /// <summary>Brotli has no magic number: it is Brotli when its first bytes decode, and to text (unless the file's name says so already).</summary>
    private static bool IsBrotliText(ReadOnlySpan<byte> raw, bool named)
    {
        using var decoder = new BrotliDecoder();
        var text = new byte[4096];
        var status = decoder.Decompress(raw, text, out _, out var written);
        if (status == System.Buffers.OperationStatus.InvalidData || written == 0) return false;
        return named || !IsNoText(text.AsSpan(0, written));
    }

    private static byte[] Fill(Stream stream, int bytes, string path, string compression, out bool isWhole)
    {
        var buffer = new byte[bytes + 1];
        try
        {
            var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            isWhole = read <= bytes;
            return read == bytes ? buffer[..bytes] : buffer.AsSpan(0, Math.Min(read, bytes)).ToArray();
        }
        catch (Exception cause) when (cause is InvalidDataException or InvalidOperationException)
        {
            throw FileErrors.Broken(path, compression, cause);
        }
    }
}
