using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Storage;
using DataMesh.Formats.Compression;

namespace DataMesh.Formats.Frames;

/// <summary>Makes frames; see <see cref="FrameFormat"/>. One for each sender: not thread-safe.</summary>
public sealed class FrameEncoder
{
    /// <summary>Shorter payloads are not worth compressing.</summary>
    private const int CompressedFrom = 512;

    private readonly SnappyEncoder _snappy = new();

    /// <summary>The frame that says what batches look like; sent once.</summary>
    public PooledBuffer Encode(Schema schema)
    {
        using var payload = new MemoryStream();
        using (var writer = new BinaryWriter(payload, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(schema.Count);
            foreach (var field in schema)
            {
                writer.Write(field.Name);
                writer.Write(field.Type.ToString());
                writer.Write(field.Nullable);
            }
        }

        return Frame(FrameKind.Schema, payload.GetBuffer().AsSpan(0, (int)payload.Length));
    }

    /// <summary>The frame that ends an epoch.</summary>
    public PooledBuffer Encode(long epoch)
    {
        Span<byte> payload = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(payload, epoch);
        return Frame(FrameKind.End, payload);
    }

    /// <summary>A batch's frame. The batch stays the caller's.</summary>
    public PooledBuffer Encode(RecordBatch batch)
    {
        if (batch.Length > FrameFormat.RowsMax) throw new ArgumentException($"A batch of {batch.Length} rows does not go into a frame.", nameof(batch));
        var flat = batch.Columns.Select(column => column is VarColumn text ? text.Flatten() : column.Share()).ToList();
        try
        {
            var size = 4L + flat.Sum(column => (long)SizeOf(column));
            if (size > FrameFormat.PayloadBytesMax) throw new ArgumentException($"A batch of {size} bytes does not go into a frame.", nameof(batch));
            using var payload = PooledBuffer.Rent((int)size);
            var target = payload.Span;
            BinaryPrimitives.WriteInt32LittleEndian(target, batch.Length);
            target = target[4..];
            foreach (var column in flat) target = Write(column, target);
            return Frame(FrameKind.Batch, payload.Span);
        }
        finally
        {
            foreach (var column in flat) column.Dispose();
        }
    }

    private static int SizeOf(Column column)
    {
        var validity = 1 + (column.Validity?.Words.Length ?? 0) * 8;
        return validity + (column is VarColumn text ? 4 + 4 * text.Length + DataOf(text).Length : FrameFormat.ValueBytes(column.Type, column.Length));
    }

    private static ReadOnlySpan<byte> DataOf(VarColumn text) => text.Data[text.Offsets[0]..text.Offsets[^1]];

    private static Span<byte> Write(Column column, Span<byte> target)
    {
        target[0] = column.Validity is null ? (byte)0 : FrameFormat.HasValidity;
        target = target[1..];
        if (column.Validity is { } validity) target = Put<ulong>(validity.Words, target);
        switch (column)
        {
            case BoolColumn flags: return Put<ulong>(flags.Values.Words, target);
            case FixedColumn<long> longs: return Put(longs.Values, target);
            case FixedColumn<double> doubles: return Put(doubles.Values, target);
            case FixedColumn<int> dates: return Put(dates.Values, target);
            case FixedColumn<Int128> decimals: return Put(decimals.Values, target);
            case VarColumn text:
                BinaryPrimitives.WriteInt32LittleEndian(target, DataOf(text).Length);
                return Put(DataOf(text), PutLengths(text.Offsets, target[4..]));
            default: return target;
        }
    }

    private static Span<byte> PutLengths(ReadOnlySpan<int> offsets, Span<byte> target)
    {
        var lengths = MemoryMarshal.Cast<byte, int>(target)[..(offsets.Length - 1)];
        for (var i = 0; i < lengths.Length; i++) lengths[i] = offsets[i + 1] - offsets[i];
        return target[(4 * lengths.Length)..];
    }

    private static Span<byte> Put<T>(ReadOnlySpan<T> values, Span<byte> target) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(target);
        return target[bytes.Length..];
    }

    private PooledBuffer Frame(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        var frame = PooledBuffer.Rent(FrameFormat.HeaderBytes + SnappyEncoder.MaxCompressedLength(payload.Length));
        var body = frame.Span[FrameFormat.HeaderBytes..];
        var length = payload.Length >= CompressedFrom ? _snappy.Compress(payload, body) : payload.Length;
        var isCompressed = length < payload.Length - payload.Length / 8;
        if (!isCompressed)
        {
            payload.CopyTo(body);
            length = payload.Length;
        }

        frame.SetLength(FrameFormat.HeaderBytes + length);
        var header = frame.Span;
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        header[4] = (byte)kind;
        header[5] = isCompressed ? FrameFormat.SnappyFlag : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(header[6..], payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[FrameFormat.ChecksumAt..], Checksum(frame.Span));
        return frame;
    }

    internal static uint Checksum(ReadOnlySpan<byte> frame)
    {
        var crc = new Checksum();
        crc.Add(frame[..FrameFormat.ChecksumAt]);
        crc.Add(frame[FrameFormat.HeaderBytes..]);
        return crc.Value;
    }
}
