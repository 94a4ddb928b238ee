using DataMesh.Core.Columns;

namespace DataMesh.Formats.Frames;

/// <summary>What a frame holds. The numbers are sent: never change one.</summary>
public enum FrameKind : byte
{
    /// <summary>The schema of the batches that follow.</summary>
    Schema = 1,
    /// <summary>A batch.</summary>
    Batch = 2,
    /// <summary>The end of an epoch.</summary>
    End = 3,
}

/// <summary>
/// How rows cross from process to process: frames, each with its length, kind, a CRC-32C, and a payload that is snappy-compressed when that pays. The schema
/// goes first and once; a batch is its columns one after the other as Arrow lays them out (validity words, values; texts as their lengths and
/// then their bytes, because lengths repeat where offsets do not), little-endian.
/// <code>
/// length of the payload (4) | kind (1) | flags: 1 = snappy (1) | length of the payload uncompressed (4) | CRC-32C of all that and the payload (4) | payload
/// </code>
/// </summary>
public static class FrameFormat
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 14;

    /// <summary>Largest payload, compressed or not. The largest record makes a batch of its own.</summary>
    public const int PayloadBytesMax = 64 << 20;

    /// <summary>Most rows in a frame.</summary>
    public const int RowsMax = 1 << 20;

    internal const byte SnappyFlag = 1;
    internal const byte HasValidity = 1;
    internal const int ChecksumAt = 10;

    /// <summary>The length of a whole frame from its first bytes. Throws <see cref="FormatException"/> on what can not be one.</summary>
    /// <param name="header">At least <see cref="HeaderBytes"/> bytes.</param>
    public static int LengthOf(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderBytes) throw new FormatException("A frame is cut off in its header.");
        var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(header);
        return length <= PayloadBytesMax ? HeaderBytes + (int)length : throw new FormatException($"A frame of {length} bytes is larger than the {PayloadBytesMax} allowed.");
    }

    /// <summary>Bytes of the values of a column without nulls, where they follow from the number of rows; -1 for variable-length ones.</summary>
    internal static int ValueBytes(DataType type, int rows) => type.Kind switch
    {
        TypeKind.Null => 0,
        TypeKind.Bool => Bitmap.WordCount(rows) * 8,
        _ => type.IsVariable ? -1 : type.Width * rows,
    };
}

/// <summary>A frame taken apart.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Schema">The schema, of a schema frame.</param>
/// <param name="Batch">The rows, of a batch frame; the receiver owns them.</param>
/// <param name="Epoch">The epoch, of an end frame.</param>
public readonly record struct Frame(FrameKind Kind, Schema? Schema = null, RecordBatch? Batch = null, long Epoch = 0);
