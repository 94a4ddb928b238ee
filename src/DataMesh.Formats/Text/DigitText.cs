using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataMesh.Formats.Text;

/// <summary>
/// Reads up to 16 characters of decimal digits with at most one point in a handful of vector instructions.
/// All methods read 16 bytes from <c>text</c> whatever the length is, so the memory behind it must be readable.
/// </summary>
internal static class DigitText
{
    /// <summary>Most characters that <see cref="TryRead"/> takes.</summary>
    public const int LengthMax = 16;

    /// <summary>Shuffle controls by (length, position of the point): digits to the right end, zeros before them, the point left out.</summary>
    private static readonly byte[] Controls = MakeControls();

    /// <summary>Whether the vector instructions are there; callers take their scalar path otherwise.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Sse41.IsSupported;
    }

    /// <summary>
    /// Reads <paramref name="length"/> (0 to 16) characters as one integer without its point. <paramref name="point"/> is the number of characters before the point,
    /// or <paramref name="length"/> when there is none. False when anything else stands there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ref byte text, int length, out ulong digits, out int point)
    {
        var raw = Vector128.LoadUnsafe(ref text);
        var values = raw - Vector128.Create((byte)'0');
        var within = (uint)(1 << length) - 1;
        var others = Vector128.GreaterThan(values, Vector128.Create((byte)9)).ExtractMostSignificantBits() & within;
        var points = Vector128.Equals(raw, Vector128.Create((byte)'.')).ExtractMostSignificantBits() & within;
        point = System.Numerics.BitOperations.TrailingZeroCount(points | 1u << length);
        var control = Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(Controls), ((uint)length << 9) + ((uint)point << 4));
        digits = Combine(Ssse3.Shuffle(values, control));
        // One point at most: whatever is no digit must be the lowest point.
        return others == (points & (0 - points));
    }

    /// <summary>Sixteen digit values, most significant first, as one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Combine(Vector128<byte> digits)
    {
        var pairs = Ssse3.MultiplyAddAdjacent(digits, Vector128.Create(0x010A010A010A010AUL).AsSByte());
        var fours = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create(0x0001006400010064UL).AsInt16());
        var packed = Sse41.PackUnsignedSaturate(fours, fours).AsInt16();
        var eights = Sse2.MultiplyAddAdjacent(packed, Vector128.Create(0x0001271000012710UL).AsInt16()).AsUInt64().ToScalar();
        return (eights & 0xFFFFFFFF) * 100_000_000 + (eights >> 32);
    }

    /// <summary>
    /// Makes the tables now. The compiler reads them without a check in methods that it compiles after this; hot loops are compiled on their first call.
    /// </summary>
    public static void Prepare() => RuntimeHelpers.RunClassConstructor(typeof(DigitText).TypeHandle);

    private static byte[] MakeControls()
    {
        var table = new byte[17 * 32 * 16];
        Array.Fill(table, (byte)0x80);
        for (var length = 0; length <= 16; length++)
        {
            for (var point = 0; point <= length; point++)
            {
                var digits = point == length ? length : length - 1;
                for (var i = 0; i < digits; i++)
                    table[(length << 9) + (point << 4) + 16 - digits + i] = (byte)(i < point ? i : i + 1);
            }
        }

        return table;
    }
}
