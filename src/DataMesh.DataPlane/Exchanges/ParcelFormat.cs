using System.Buffers.Binary;
using DataMesh.Core.Columns;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Graph;
using DataMesh.Formats.Frames;

namespace DataMesh.DataPlane.Exchanges;

/// <summary>
/// How parcels cross from process to process, little-endian: a version, what the parcel says, then its rows as frames (see <see cref="FrameFormat"/>) or its
/// state as it is, then a CRC-32C of everything before. Rows come without their source records. Whatever is wrong with a message is refused.
/// <code>
/// version (1) | kind (1) | from (4) | node (4) | input (4) | sink (1) | split (4) | drained (1) | more of the state follows (1) | rows or state | CRC-32C (4)
/// </code>
/// </summary>
public static class ParcelFormat
{
    /// <summary>Largest message.</summary>
    public const int BytesMax = FrameFormat.PayloadBytesMax + (1 << 20);

    private const byte Version = 1;
    private const int HeaderBytes = 21;
    private const int MoreAt = 20;
    private const int StateBytes = 8 << 20;

    /// <summary>The messages of a parcel: one, but for a large state.</summary>
    public static IEnumerable<byte[]> Write(Parcel parcel, FrameEncoder frames)
    {
        if (parcel.State is not { } state)
        {
            yield return Write(parcel, parcel.Batch is { } batch ? Frames(batch, frames) : [], hasMore: false);
            yield break;
        }

        for (var at = 0; at == 0 || at < state.Length; at += StateBytes)
            yield return Write(parcel, state.AsSpan(at, Math.Min(StateBytes, state.Length - at)), at + StateBytes < state.Length);
    }

    /// <summary>Takes a message apart. A part of a state comes as a parcel of its own.</summary>
    public static (Parcel Parcel, bool HasMore) Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderBytes + 4) throw new FormatException("A message of the exchange is cut off.");
        if (message[0] != Version) throw new FormatException($"A message of the exchange has version {message[0]}, not {Version}: all silos must run the same version.");
        var whole = message[..^4];
        var checksum = new Checksum();
        checksum.Add(whole);
        if (BinaryPrimitives.ReadUInt32LittleEndian(message[^4..]) != checksum.Value) throw new FormatException("The checksum of a message of the exchange is wrong.");
        if (message[1] > (byte)ParcelKind.GiveUp) throw new FormatException("A message of the exchange is of an unknown kind.");
        var kind = (ParcelKind)message[1];
        var payload = whole[HeaderBytes..];
        var parcel = new Parcel(kind, BinaryPrimitives.ReadInt32LittleEndian(message[2..]))
        {
            To = new Edge(BinaryPrimitives.ReadInt32LittleEndian(message[6..]), BinaryPrimitives.ReadInt32LittleEndian(message[10..]), message[14] != 0),
            Split = BinaryPrimitives.ReadInt32LittleEndian(message[15..]),
            IsDrained = message[19] != 0,
            State = kind == ParcelKind.State ? payload.ToArray() : null,
            Batch = kind == ParcelKind.Rows ? ToBatch(payload) : null,
        };
        return (parcel, message[MoreAt] != 0);
    }

    private static byte[] Write(Parcel parcel, ReadOnlySpan<byte> payload, bool hasMore)
    {
        var message = new byte[HeaderBytes + payload.Length + 4];
        (message[0], message[1]) = (Version, (byte)parcel.Kind);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(2), parcel.From);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(6), parcel.To.Node);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(10), parcel.To.Input);
        message[14] = parcel.To.IsSink ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(15), parcel.Split);
        message[19] = parcel.IsDrained ? (byte)1 : (byte)0;
        message[MoreAt] = hasMore ? (byte)1 : (byte)0;
        payload.CopyTo(message.AsSpan(HeaderBytes));
        var checksum = new Checksum();
        checksum.Add(message.AsSpan(0, message.Length - 4));
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(message.Length - 4), checksum.Value);
        return message;
    }

    private static byte[] Frames(RecordBatch batch, FrameEncoder frames)
    {
        using var schema = frames.Encode(batch.Schema);
        using var rows = frames.Encode(batch);
        return [.. schema.Span, .. rows.Span];
    }

    private static RecordBatch ToBatch(ReadOnlySpan<byte> frames)
    {
        var decoder = new FrameDecoder();
        var length = FrameFormat.LengthOf(frames);
        if (length > frames.Length || decoder.Decode(frames[..length]).Kind != FrameKind.Schema) throw new FormatException("Rows come without their schema.");
        return decoder.Decode(frames[length..]).Batch ?? throw new FormatException("A message of the exchange has no rows.");
    }
}
