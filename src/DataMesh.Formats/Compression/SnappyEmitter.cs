using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DataMesh.Formats.Compression;

/// <summary>Writes the elements of snappy's format. Every method returns the place behind what it wrote.</summary>
internal static unsafe class SnappyEmitter
{
    /// <summary>Farthest that a copy with a two-byte offset reaches back.</summary>
    public const int OffsetMax = ushort.MaxValue;

    private const int Chunk = 32;

    public static byte* Length(byte* op, uint length)
    {
        for (; length >= 0x80; length >>= 7) *op++ = (byte)(length | 0x80);
        *op++ = (byte)length;
        return op;
    }

    /// <summary>
    /// A literal, or nothing when it is empty. A short one is copied as 32 bytes when <paramref name="readable"/> says that so many can be read;
    /// the slack of the worst case makes writing them safe.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Literal(byte* op, byte* literal, int length, int readable)
    {
        if (length > Chunk || readable < Chunk) return length > 0 ? LongLiteral(op, literal, length) : op;
        *op = (byte)(length - 1 << 2);
        Vector256.Store(Vector256.Load(literal), op + 1);
        return length > 0 ? op + 1 + length : op;
    }

    public static byte* LongLiteral(byte* op, byte* literal, int length)
    {
        var n = (uint)length - 1;
        if (n < 60)
        {
            *op++ = (byte)(n << 2);
        }
        else
        {
            var bytes = n < 1 << 8 ? 1 : n < 1 << 16 ? 2 : n < 1 << 24 ? 3 : 4;
            *op++ = (byte)(59 + bytes << 2);
            for (; bytes > 0; bytes--, n >>= 8) *op++ = (byte)n;
        }

        Buffer.MemoryCopy(literal, op, length, length);
        return op + length;
    }

    /// <summary>A copy of at least 4 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Copy(byte* op, int offset, int length)
    {
        if (length < 12 && offset < 2048)
        {
            op[0] = (byte)(1 | length - 4 << 2 | offset >> 8 << 5);
            op[1] = (byte)offset;
            return op + 2;
        }

        return length <= 64 ? ShortCopy(op, offset, length) : LongCopy(op, offset, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* ShortCopy(byte* op, int offset, int length)
    {
        *(uint*)op = (uint)(2 | length - 1 << 2 | offset << 8);
        return op + 3;
    }

    private static byte* LongCopy(byte* op, int offset, int length)
    {
        for (; length >= 68; length -= 64) op = ShortCopy(op, offset, 64);
        if (length > 64)
        {
            op = ShortCopy(op, offset, 60);
            length -= 60;
        }

        return Copy(op, offset, length);
    }
}
