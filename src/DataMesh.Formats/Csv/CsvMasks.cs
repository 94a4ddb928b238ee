using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataMesh.Formats.Csv;

/// <summary>Finds the structural characters in 64 bytes at once: one bit per byte. Three implementations, chosen once by what the processor has.</summary>
internal interface ICsvMasks
{
    void Load(ref byte text, out ulong quotes, out ulong delimiters, out ulong lineEnds, out ulong nonAscii);

    /// <summary>Writes the positions of the bits to <paramref name="found"/> from <paramref name="next"/> on; returns what comes next.</summary>
    int Write(ref int found, int next, ulong bits, int at);
}

/// <summary>One 512-bit register.</summary>
internal readonly struct CsvMasks512(CsvDialect dialect) : ICsvMasks
{
    private readonly Vector512<byte> _quote = Vector512.Create(dialect.Quote);
    private readonly Vector512<byte> _delimiter = Vector512.Create(dialect.Delimiter);
    private readonly Vector512<byte> _lineEnd = Vector512.Create(dialect.Terminator);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Write(ref int found, int next, ulong bits, int at) => BitPositions.WriteSqueezed(ref found, next, bits, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(ref byte text, out ulong quotes, out ulong delimiters, out ulong lineEnds, out ulong nonAscii)
    {
        var bytes = Vector512.LoadUnsafe(ref text);
        quotes = Vector512.Equals(bytes, _quote).ExtractMostSignificantBits();
        delimiters = Vector512.Equals(bytes, _delimiter).ExtractMostSignificantBits();
        lineEnds = Vector512.Equals(bytes, _lineEnd).ExtractMostSignificantBits();
        nonAscii = bytes.ExtractMostSignificantBits();
    }
}

/// <summary>Two 256-bit registers (or what the runtime makes of them on processors with 128 bits).</summary>
internal readonly struct CsvMasks256(CsvDialect dialect) : ICsvMasks
{
    private readonly Vector256<byte> _quote = Vector256.Create(dialect.Quote);
    private readonly Vector256<byte> _delimiter = Vector256.Create(dialect.Delimiter);
    private readonly Vector256<byte> _lineEnd = Vector256.Create(dialect.Terminator);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Write(ref int found, int next, ulong bits, int at) => BitPositions.Write(ref found, next, bits, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(ref byte text, out ulong quotes, out ulong delimiters, out ulong lineEnds, out ulong nonAscii)
    {
        var low = Vector256.LoadUnsafe(ref text);
        var high = Vector256.LoadUnsafe(ref text, 32);
        quotes = Bits(low, high, _quote);
        delimiters = Bits(low, high, _delimiter);
        lineEnds = Bits(low, high, _lineEnd);
        nonAscii = low.ExtractMostSignificantBits() | (ulong)high.ExtractMostSignificantBits() << 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(Vector256<byte> low, Vector256<byte> high, Vector256<byte> wanted) =>
        Vector256.Equals(low, wanted).ExtractMostSignificantBits() | (ulong)Vector256.Equals(high, wanted).ExtractMostSignificantBits() << 32;
}

/// <summary>No vectors: eight bytes at a time in a general register.</summary>
internal readonly struct CsvMasks64(CsvDialect dialect) : ICsvMasks
{
    private const ulong Ones = 0x0101010101010101;
    private const ulong Tops = 0x8080808080808080;
    private readonly ulong _quote = dialect.Quote * Ones;
    private readonly ulong _delimiter = dialect.Delimiter * Ones;
    private readonly ulong _lineEnd = dialect.Terminator * Ones;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Write(ref int found, int next, ulong bits, int at) => BitPositions.Write(ref found, next, bits, at);

    public void Load(ref byte text, out ulong quotes, out ulong delimiters, out ulong lineEnds, out ulong nonAscii)
    {
        quotes = delimiters = lineEnds = nonAscii = 0;
        for (var i = 0; i < 64; i += 8)
        {
            var bytes = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, i));
            quotes |= Gather(Zeros(bytes ^ _quote)) << i;
            delimiters |= Gather(Zeros(bytes ^ _delimiter)) << i;
            lineEnds |= Gather(Zeros(bytes ^ _lineEnd)) << i;
            nonAscii |= Gather(bytes & Tops) << i;
        }
    }

    /// <summary>The top bit of every zero byte (exact: no carry crosses bytes).</summary>
    private static ulong Zeros(ulong bytes) => ~(((bytes & ~Tops) + ~Tops) | bytes) & Tops;

    /// <summary>The eight top bits side by side.</summary>
    private static ulong Gather(ulong tops) => (tops >> 7) * 0x0102040810204080 >> 56;
}

/// <summary>Which implementation of <see cref="ICsvMasks"/> to use.</summary>
internal enum CsvVectors
{
    Best,
    Bits512,
    Bits256,
    None,
}

/// <summary>Parity of quotes: whether each byte lies inside of them.</summary>
internal static class QuoteParity
{
    /// <summary>Bit i is the parity of bits 0 to i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PrefixXor(ulong bits)
    {
        if (Pclmulqdq.IsSupported)
            return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(bits), Vector128<ulong>.AllBitsSet, 0).ToScalar();
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ bits << 32;
    }

    /// <summary>The widest implementation that the processor runs well.</summary>
    public static CsvVectors Best => Vector512.IsHardwareAccelerated ? CsvVectors.Bits512 : Vector256.IsHardwareAccelerated || Vector128.IsHardwareAccelerated ? CsvVectors.Bits256 : CsvVectors.None;
}
