using System.Buffers.Binary;

namespace DataMesh.Formats.Compression;

/// <summary>
/// Zstandard decompression (RFC 8878) of untrusted bytes into a target of known size. Every length and offset is checked: damage ends in an
/// <see cref="InvalidDataException"/>, a frame that needs a dictionary in a <see cref="NotSupportedException"/>, and nothing outside of the two spans is
/// touched. The target is the window, so that memory does not grow with the window that a frame asks for.
/// </summary>
public sealed unsafe class ZstdDecoder
{
    private const uint FrameMagic = 0xfd2fb528;
    private const uint SkippableMagic = 0x184d2a50;

    [ThreadStatic]
    private static ZstdDecoder? _ofThread;

    private readonly ZstdLiterals _literals = new();
    private readonly ZstdSequences _sequences = new();

    private ZstdDecoder()
    {
    }

    /// <summary>Decompresses all frames of the source; they must fill the target exactly.</summary>
    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var decoder = _ofThread ??= new ZstdDecoder();
        var written = 0;
        while (!source.IsEmpty)
        {
            if (TrySkip(ref source)) continue;
            written += decoder.ReadFrame(ref source, target[written..]);
        }

        if (written != target.Length) throw new InvalidDataException($"Zstandard frames hold {written} bytes instead of {target.Length}.");
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> source)
    {
        if (source.Length < 8) throw new InvalidDataException("A Zstandard frame is cut off.");
        if ((BinaryPrimitives.ReadUInt32LittleEndian(source) & 0xfffffff0) != SkippableMagic) return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        if (length > source.Length - 8) throw new InvalidDataException("A skippable frame is cut off.");
        source = source[(8 + (int)length)..];
        return true;
    }

    private int ReadFrame(ref ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != FrameMagic) throw new InvalidDataException("No Zstandard frame begins here.");
        var header = ZstdFrameHeader.Read(source[4..]);
        source = source[(4 + header.Length)..];
        if (header.ContentSize is { } size && size > (ulong)target.Length) throw new InvalidDataException("A Zstandard frame is longer than expected.");
        _literals.Reset();
        _sequences.Reset();
        var written = ReadBlocks(ref source, target);
        if (header.ContentSize is { } expected && expected != (ulong)written) throw new InvalidDataException("A Zstandard frame is shorter than it says.");
        if (header.HasChecksum) Check(ref source, target[..written]);
        return written;
    }

    private int ReadBlocks(ref ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* frame = target)
        {
            var op = frame;
            for (var isLast = false; !isLast;)
            {
                if (source.Length < 3) throw new InvalidDataException("A Zstandard frame is cut off.");
                var header = source[0] | source[1] << 8 | source[2] << 16;
                source = source[3..];
                isLast = (header & 1) != 0;
                op = ReadBlock(header >> 1 & 3, header >> 3, ref source, frame, op, frame + target.Length);
            }

            return (int)(op - frame);
        }
    }

    private byte* ReadBlock(int type, int size, ref ReadOnlySpan<byte> source, byte* frame, byte* op, byte* opEnd)
    {
        var stored = type == 1 ? 1 : size;
        if (type == 3 || stored > source.Length) throw new InvalidDataException("A Zstandard block is damaged.");
        var body = source[..stored];
        source = source[stored..];
        if (type == 2) return _sequences.Run(body[_literals.Read(body)..], _literals, frame, op, opEnd);
        if (size > opEnd - op) throw new InvalidDataException("A Zstandard block is longer than expected.");
        if (type == 1) new Span<byte>(op, size).Fill(body[0]);
        else body.CopyTo(new Span<byte>(op, size));
        return op + size;
    }

    private static void Check(ref ReadOnlySpan<byte> source, ReadOnlySpan<byte> content)
    {
        if (source.Length < 4) throw new InvalidDataException("A Zstandard frame is cut off.");
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != (uint)XxHash64.Hash(content)) throw new InvalidDataException("A Zstandard frame's checksum is wrong.");
        source = source[4..];
    }
}
