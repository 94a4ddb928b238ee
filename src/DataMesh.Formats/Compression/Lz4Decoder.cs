using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace DataMesh.Formats.Compression;

/// <summary>LZ4 decompression of untrusted bytes: bare blocks, and blocks with the lengths in front that Hadoop's codec writes.</summary>
public static unsafe class Lz4Decoder
{
    private const int MatchMin = 4;

    /// <summary>Decompresses one block; true when it is sound and fills <paramref name="target"/> exactly.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> target) => Decompress(source, target) == target.Length;

    /// <summary>
    /// Decompresses what Hadoop's codec wrote: the length of the data, then blocks with their stored lengths in front until it is reached, and so on.
    /// Writers disagree on whether the framing belongs there, so a bare block is taken too.
    /// </summary>
    public static bool TryDecompressHadoop(ReadOnlySpan<byte> source, Span<byte> target) => TryDecompressFramed(source, target) || TryDecompress(source, target);

    private static bool TryDecompressFramed(ReadOnlySpan<byte> source, Span<byte> target)
    {
        while (!source.IsEmpty)
        {
            if (!TryReadLength(ref source, target.Length, out var length)) return false;
            for (var left = length; left > 0;)
            {
                if (!TryReadLength(ref source, source.Length - 4, out var stored)) return false;
                var written = Decompress(source[..stored], target[..left]);
                if (written <= 0) return false;
                source = source[stored..];
                target = target[written..];
                left -= written;
            }
        }

        return target.IsEmpty;
    }

    private static bool TryReadLength(ref ReadOnlySpan<byte> source, int max, out int length)
    {
        length = 0;
        if (source.Length < 4) return false;
        length = BinaryPrimitives.ReadInt32BigEndian(source);
        source = source[4..];
        return length >= 0 && length <= max;
    }

    /// <summary>The number of bytes written, or -1.</summary>
    private static int Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* input = source)
        fixed (byte* output = target)
            return (int)Run(input, input + source.Length, output, output + target.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Run(byte* ip, byte* ipEnd, byte* output, byte* opEnd)
    {
        var op = output;
        while (ip < ipEnd)
        {
            int token = *ip++;
            var literals = (long)(token >> 4);
            if (literals == 15 && !AddLength(ref ip, ipEnd, ref literals)) return -1;
            if (literals > ipEnd - ip || literals > opEnd - op) return -1;
            if (ipEnd - ip >= literals + MatchCopy.Slack && opEnd - op >= literals + MatchCopy.Slack) MatchCopy.Wide(ip, op, literals);
            else Buffer.MemoryCopy(ip, op, literals, literals);
            ip += literals;
            op += literals;
            if (ip == ipEnd) return op - output;

            if (ipEnd - ip < 2) return -1;
            long offset = *(ushort*)ip;
            ip += 2;
            var match = (long)(token & 15);
            if (match == 15 && !AddLength(ref ip, ipEnd, ref match)) return -1;
            match += MatchMin;
            if (offset == 0 || offset > op - output || match > opEnd - op) return -1;
            MatchCopy.Repeat(op, offset, match, opEnd);
            op += match;
        }

        return -1;
    }

    private static bool AddLength(ref byte* ip, byte* ipEnd, ref long length)
    {
        while (ip < ipEnd)
        {
            var more = *ip++;
            length += more;
            if (more < 255) return true;
        }

        return false;
    }
}
