using System.Buffers.Binary;
using System.Text;
using DataMesh.DataPlane.Exchanges;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>What an instance sends to one in another silo; see <see cref="ParcelFormat"/>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Generation">The pipeline's attempt that the instances belong to.</param>
/// <param name="Attempt">The attempt at an epoch that it is for: what is for another one means nothing.</param>
/// <param name="To">Number of the instance that it is for.</param>
/// <param name="Parcel">The message.</param>
public sealed record ExchangeCall(string RunId, long Generation, int Attempt, int To, byte[] Parcel)
{
    /// <summary>Largest call, in bytes.</summary>
    public const int BytesMax = ParcelFormat.BytesMax + (64 << 10);

    private const int RunIdBytesMax = 4096;

    /// <summary>The call as bytes: the length of the run's id and the id, three numbers, the message.</summary>
    public byte[] ToBytes()
    {
        var run = Encoding.UTF8.GetBytes(RunId);
        var bytes = new byte[4 + run.Length + 16 + Parcel.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, run.Length);
        run.CopyTo(bytes, 4);
        var rest = bytes.AsSpan(4 + run.Length);
        BinaryPrimitives.WriteInt64LittleEndian(rest, Generation);
        BinaryPrimitives.WriteInt32LittleEndian(rest[8..], Attempt);
        BinaryPrimitives.WriteInt32LittleEndian(rest[12..], To);
        Parcel.CopyTo(rest[16..]);
        return bytes;
    }

    /// <summary>Takes bytes apart. Throws <see cref="FormatException"/> when they are no call.</summary>
    public static ExchangeCall Parse(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is < 0 or > RunIdBytesMax || bytes.Length < 4 + length + 16) throw new FormatException("A call of the exchange is cut off.");
        var rest = bytes[(4 + length)..];
        return new ExchangeCall(
            Encoding.UTF8.GetString(bytes.Slice(4, length)), BinaryPrimitives.ReadInt64LittleEndian(rest), BinaryPrimitives.ReadInt32LittleEndian(rest[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(rest[12..]), rest[16..].ToArray());
    }
}

/// <summary>What became of a call of the exchange. The numbers are sent: never change one.</summary>
public enum ExchangeAnswer : byte
{
    /// <summary>It was taken in.</summary>
    Accepted = 0,
    /// <summary>Nothing of the attempt counts any more.</summary>
    GivenUp = 1,
    /// <summary>The instance is not there.</summary>
    Elsewhere = 2,
}
