using System.Buffers.Binary;

namespace DataMesh.Formats.Compression;

/// <summary>What stands at the front of a Zstandard frame (RFC 8878, 3.1.1.1).</summary>
/// <param name="Length">The header's length without the magic number.</param>
/// <param name="ContentSize">The frame's length when decompressed, where it is given.</param>
/// <param name="HasChecksum">Whether a checksum follows the last block.</param>
internal readonly record struct ZstdFrameHeader(int Length, ulong? ContentSize, bool HasChecksum)
{
    public static ZstdFrameHeader Read(ReadOnlySpan<byte> source)
    {
        int descriptor = source[0];
        if ((descriptor & 8) != 0) throw new InvalidDataException("A Zstandard frame uses a reserved bit.");
        var isSingleSegment = (descriptor & 32) != 0;
        var dictionaryAt = isSingleSegment ? 1 : 2;
        var sizeAt = dictionaryAt + ((descriptor & 3) switch { 3 => 4, var bytes => bytes });
        var sizeBytes = (descriptor >> 6) switch { 0 => isSingleSegment ? 1 : 0, var log => 1 << log };
        var length = sizeAt + sizeBytes;
        if (source.Length < length) throw new InvalidDataException("A Zstandard frame is cut off.");
        if (source[dictionaryAt..sizeAt].ContainsAnyExcept((byte)0)) throw new NotSupportedException("Zstandard with a dictionary");
        return new ZstdFrameHeader(length, ReadSize(source[sizeAt..length]), (descriptor & 4) != 0);
    }

    private static ulong? ReadSize(ReadOnlySpan<byte> source) => source.Length switch
    {
        1 => source[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(source) + 256UL,
        4 => BinaryPrimitives.ReadUInt32LittleEndian(source),
        8 => BinaryPrimitives.ReadUInt64LittleEndian(source),
        _ => null,
    };
}
