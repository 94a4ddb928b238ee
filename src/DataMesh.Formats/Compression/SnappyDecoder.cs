using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DataMesh.Formats.Compression;

/// <summary>Snappy decompression of untrusted bytes: every length and offset is checked, nothing outside the two spans is touched.</summary>
public static unsafe class SnappyDecoder
{
    /// <summary>Reads the length of the decompressed data; false when the bytes are no snappy stream.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> source, out int length, out int headerBytes)
    {
        var value = 0UL;
        (length, headerBytes) = (0, 0);
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (headerBytes >= source.Length) return false;
            var b = source[headerBytes++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b >= 0x80) continue;
            length = (int)Math.Min(value, int.MaxValue);
            return value <= int.MaxValue;
        }

        return false;
    }

    /// <summary>Decompresses; true when the stream is sound and fills <paramref name="target"/> exactly.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (!TryReadLength(source, out var length, out var header) || length != target.Length) return false;
        fixed (byte* input = source)
        fixed (byte* output = target)
            return Run(input + header, input + source.Length, output, output + target.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Run(byte* ip, byte* ipEnd, byte* output, byte* opEnd)
    {
        var op = output;
        while (ip < ipEnd)
        {
            var tag = *ip++;
            if ((tag & 3) == 0)
            {
                var literal = (tag >> 2) + 1L;
                if (literal <= 16 && ipEnd - ip >= 16 && opEnd - op >= 16)
                {
                    Vector128.Store(Vector128.Load(ip), op);
                }
                else
                {
                    if (literal > 60 && !ReadLiteralLength(ref ip, ipEnd, ref literal)) return false;
                    if (literal > ipEnd - ip || literal > opEnd - op) return false;
                    Buffer.MemoryCopy(ip, op, literal, literal);
                }

                ip += literal;
                op += literal;
                continue;
            }

            if (!ReadCopy(tag, ref ip, ipEnd, out var length, out var offset)) return false;
            if (offset == 0 || offset > op - output || length > opEnd - op) return false;
            if (offset >= 16 && opEnd - op >= 64) CopyWide(op, offset);
            else CopyNarrow(op, offset, length, opEnd);
            op += length;
        }

        return op == opEnd;
    }

    private static bool ReadLiteralLength(ref byte* ip, byte* ipEnd, ref long literal)
    {
        var bytes = (int)literal - 60;
        if (ipEnd - ip < bytes) return false;
        var value = 0L;
        for (var i = 0; i < bytes; i++) value |= (long)ip[i] << 8 * i;
        ip += bytes;
        literal = value + 1;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool ReadCopy(byte tag, ref byte* ip, byte* ipEnd, out int length, out uint offset)
    {
        (length, offset) = ((tag >> 2) + 1, 0);
        switch (tag & 3)
        {
            case 1:
                if (ipEnd - ip < 1) return false;
                length = (tag >> 2 & 7) + 4;
                offset = (uint)(tag >> 5 << 8 | *ip++);
                return true;
            case 2:
                if (ipEnd - ip < 2) return false;
                offset = *(ushort*)ip;
                ip += 2;
                return true;
            default:
                if (ipEnd - ip < 4) return false;
                offset = *(uint*)ip;
                ip += 4;
                return true;
        }
    }

    /// <summary>A copy is at most 64 bytes long: with room for 64 they are copied without looking at the length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyWide(byte* op, uint offset)
    {
        var from = op - offset;
        Vector128.Store(Vector128.Load(from), op);
        Vector128.Store(Vector128.Load(from + 16), op + 16);
        Vector128.Store(Vector128.Load(from + 32), op + 32);
        Vector128.Store(Vector128.Load(from + 48), op + 48);
    }

    private static void CopyNarrow(byte* op, uint offset, int length, byte* opEnd)
    {
        var from = op - offset;
        if (offset >= 8 && opEnd - op >= length + 8)
        {
            for (var i = 0; i < length; i += 8) *(ulong*)(op + i) = *(ulong*)(from + i);
            return;
        }

        for (var i = 0; i < length; i++) op[i] = from[i];
    }
}
