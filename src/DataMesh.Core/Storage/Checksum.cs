using System.Buffers.Binary;
using System.Numerics;

namespace DataMesh.Core.Storage;

/// <summary>CRC-32C (Castagnoli), taken piece by piece: what the pieces are makes no difference.</summary>
public struct Checksum()
{
    private uint _crc = uint.MaxValue;

    /// <summary>The checksum of everything added.</summary>
    public readonly uint Value => ~_crc;

    /// <summary>Takes bytes in.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var crc = _crc;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        _crc = crc;
    }
}
