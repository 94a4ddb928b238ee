using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Compression;

namespace DataMesh.Formats.Frames;

/// <summary>
/// Takes frames apart; see <see cref="FrameFormat"/>. Bytes come from another process: every length is checked before it is used, and whatever is wrong is a
/// <see cref="FormatException"/>. One for each sender: it remembers the schema.
/// </summary>
public sealed class FrameDecoder
{
    private Schema? _schema;

    /// <summary>Takes a whole frame apart.</summary>
    public Frame Decode(ReadOnlySpan<byte> frame)
    {
        if (FrameFormat.LengthOf(frame) != frame.Length) throw new FormatException("A frame has another length than it says.");
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[FrameFormat.ChecksumAt..]) != FrameEncoder.Checksum(frame)) throw new FormatException("The checksum of a frame is wrong.");
        var payload = frame[FrameFormat.HeaderBytes..];
        var length = BinaryPrimitives.ReadUInt32LittleEndian(frame[6..]);
        if (frame[5] == 0) return length == payload.Length ? Decode((FrameKind)frame[4], payload) : throw new FormatException("A frame has another length than it says.");
        if (frame[5] != FrameFormat.SnappyFlag || length > FrameFormat.PayloadBytesMax) throw new FormatException("A frame is compressed in an unknown way, or too large.");
        using var whole = PooledBuffer.Rent((int)length);
        if (!SnappyDecoder.TryDecompress(payload, whole.Span)) throw new FormatException("A frame can not be decompressed.");
        return Decode((FrameKind)frame[4], whole.Span);
    }

    private Frame Decode(FrameKind kind, ReadOnlySpan<byte> payload) => kind switch
    {
        FrameKind.Schema => new Frame(kind, Schema: _schema = ToSchema(payload)),
        FrameKind.Batch => new Frame(kind, Batch: ToBatch(payload)),
        FrameKind.End when payload.Length == 8 => new Frame(kind, Epoch: BinaryPrimitives.ReadInt64LittleEndian(payload)),
        _ => throw new FormatException("A frame is of an unknown kind."),
    };

    private static Schema ToSchema(ReadOnlySpan<byte> payload)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(payload.ToArray()), new UTF8Encoding(false, throwOnInvalidBytes: true));
            var count = reader.ReadInt32();
            if (count is < 0 or > Limits.ColumnsMax) throw new FormatException($"A schema can not have {count} columns.");
            var fields = new List<Field>();
            for (var i = 0; i < count; i++)
            {
                var name = reader.ReadString();
                if (!DataType.TryParse(reader.ReadString(), out var type)) throw new FormatException($"Column '{name}' has no type.");
                fields.Add(new Field(name, type, reader.ReadBoolean()));
            }

            return reader.BaseStream.Position == reader.BaseStream.Length ? new Schema(fields) : throw new FormatException("Something is left over behind a schema.");
        }
        catch (Exception error) when (error is IOException or DataMeshException or ArgumentException)
        {
            throw new FormatException("A schema can not be read.", error);
        }
    }

    private RecordBatch ToBatch(ReadOnlySpan<byte> payload)
    {
        var schema = _schema ?? throw new FormatException("A batch came before its schema.");
        var rows = BinaryPrimitives.ReadInt32LittleEndian(Take(ref payload, 4));
        if (rows is < 0 or > FrameFormat.RowsMax) throw new FormatException($"A batch can not have {rows} rows.");
        var columns = new List<Column>(schema.Count);
        try
        {
            foreach (var field in schema) columns.Add(ToColumn(field.Type, rows, ref payload));
            if (!payload.IsEmpty) throw new FormatException("Something is left over behind a batch.");
        }
        catch
        {
            foreach (var column in columns) column.Dispose();
            throw;
        }

        return new RecordBatch(schema, [.. columns], rows);
    }

    private static Column ToColumn(DataType type, int rows, ref ReadOnlySpan<byte> payload)
    {
        var flags = Take(ref payload, 1)[0];
        if ((flags & ~FrameFormat.HasValidity) != 0) throw new FormatException("A column is laid out in an unknown way.");
        var validity = flags == 0 ? [] : Take(ref payload, Bitmap.WordCount(rows) * 8);
        if (type.IsVariable) return ToText(type, rows, validity, flags != 0, ref payload);
        var values = Take(ref payload, FrameFormat.ValueBytes(type, rows));
        var nulls = flags == 0 ? null : ToBitmap(validity, rows);
        return type.Kind switch
        {
            TypeKind.Null => new NullColumn(rows),
            TypeKind.Bool => new BoolColumn(ToBitmap(values, rows), nulls),
            TypeKind.Int64 or TypeKind.Timestamp => new FixedColumn<long>(type, Copy(values), rows, nulls),
            TypeKind.Float64 => new FixedColumn<double>(type, Copy(values), rows, nulls),
            TypeKind.Date => new FixedColumn<int>(type, Copy(values), rows, nulls),
            _ => new FixedColumn<Int128>(type, Copy(values), rows, nulls),
        };
    }

    private static VarColumn ToText(DataType type, int rows, scoped ReadOnlySpan<byte> validity, bool hasNulls, ref ReadOnlySpan<byte> payload)
    {
        var bytes = BinaryPrimitives.ReadInt32LittleEndian(Take(ref payload, 4));
        var lengths = MemoryMarshal.Cast<byte, int>(Take(ref payload, 4 * rows));
        var data = Take(ref payload, bytes);
        var total = 0L;
        foreach (var length in lengths) total += length < 0 ? throw new FormatException("A text of a column ends before it begins.") : length;
        if (total != bytes) throw new FormatException("A column of text has other bytes than its values.");
        var buffer = PooledBuffer.Rent<int>(rows + 1);
        var offsets = buffer.As<int>();
        offsets[0] = 0;
        for (var i = 0; i < rows; i++) offsets[i + 1] = offsets[i] + lengths[i];
        return new VarColumn(type, buffer, Copy(data), rows, hasNulls ? ToBitmap(validity, rows) : null);
    }

    private static Bitmap ToBitmap(ReadOnlySpan<byte> words, int rows)
    {
        var bitmap = Bitmap.Uninitialised(rows);
        words.CopyTo(MemoryMarshal.AsBytes(bitmap.Words));
        bitmap.ClearTail();
        return bitmap;
    }

    private static PooledBuffer Copy(ReadOnlySpan<byte> bytes)
    {
        var buffer = PooledBuffer.Rent(bytes.Length);
        bytes.CopyTo(buffer.Span);
        return buffer;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> payload, int bytes)
    {
        if (bytes < 0 || bytes > payload.Length) throw new FormatException("A frame is cut off.");
        var taken = payload[..bytes];
        payload = payload[bytes..];
        return taken;
    }
}
