using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataMesh.Formats.Text;

/// <summary>
/// Reads four numbers of the usual form at once, one in each 128-bit lane of a 512-bit register, at the right end of its lane. It answers for all
/// four or for none: what it can not take, the readers of single values (<see cref="NumberText"/>) can, with the same results to the bit.
/// Empty texts are skipped, their values are unspecified.
/// </summary>
internal static class FourNumbers
{
    /// <summary>Values that are read at once.</summary>
    public const int Count = 4;

    private const int Lane = 16;
    private const ulong LaneStarts = 0x0001_0001_0001_0001;
    private const ulong LaneEnds = LaneStarts << (Lane - 1);

    /// <summary>Whether the vector instructions are there.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512Vbmi.IsSupported && Avx512CD.VL.IsSupported && Avx512DQ.VL.IsSupported;
    }

    /// <summary>Reads four integers that end at <paramref name="ends"/>. Reads the 16 bytes before each end, whatever the lengths are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ref byte text, Vector128<int> ends, Vector128<int> lengths, ref long values)
    {
        var raw = Load(ref text, ends);
        var wrong = Classify(raw, lengths, out var digits, out var others, out var minus);
        if ((wrong | others) != 0 || Vector128.GreaterThanAny(lengths, Vector128.Create(Lane))) return false;
        var negative = ~Vector256.Equals(Widen(minus), Vector256<long>.Zero);
        (((Combine(digits).AsInt64()) ^ negative) - negative).StoreUnsafe(ref values);
        return true;
    }

    /// <summary>Reads four decimal numbers that end at <paramref name="ends"/>. Reads the 16 bytes before each end, whatever the lengths are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ref byte text, Vector128<int> ends, Vector128<int> lengths, ref double values)
    {
        var raw = Load(ref text, ends);
        var wrong = Classify(raw, lengths, out var digits, out var others, out var minus);
        var points = Vector128.WidenLower(Vector128.CreateScalar(others).AsUInt16());
        var second = points & (points - Vector128<uint>.One);
        if (wrong != 0 || second != Vector128<uint>.Zero || Vector128.GreaterThanAny(lengths, Vector128.Create(Lane))) return false;
        // Where no point is, 32 zeros lead: a place before the lane, and a divisor of one.
        var zeros = Avx512CD.VL.LeadingZeroCount(points).AsInt32();
        var numbers = Combine(ClosePoint(digits, Vector128.Create(31) - zeros));
        if (Vector256.GreaterThanAny(numbers, Vector256.Create((ulong)NumberText.ExactMax))) return false;
        var fractions = Avx2.ConvertToVector256Int64(zeros & Vector128.Create(Lane - 1)).ToVector512Unsafe();
        var divisors = Avx512F.PermuteVar8x64x2(
            Vector512.Create(1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7), fractions, Vector512.Create(1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15)).GetLower();
        // Both operands are exact doubles, so the one division rounds correctly (Clinger's fast path).
        var quotients = Avx512DQ.VL.ConvertToVector256Double(numbers) / divisors;
        var signs = Vector256.AndNot(Vector256.Create(long.MinValue), Vector256.Equals(Widen(minus), Vector256<long>.Zero));
        (quotients.AsInt64() ^ signs).AsDouble().StoreUnsafe(ref values);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Load(ref byte text, Vector128<int> ends)
    {
        ref var before = ref Unsafe.Subtract(ref text, Lane);
        return Vector512.Create(
            Vector256.Create(Vector128.LoadUnsafe(ref Unsafe.Add(ref before, ends[0])), Vector128.LoadUnsafe(ref Unsafe.Add(ref before, ends[1]))),
            Vector256.Create(Vector128.LoadUnsafe(ref Unsafe.Add(ref before, ends[2])), Vector128.LoadUnsafe(ref Unsafe.Add(ref before, ends[3]))));
    }

    /// <summary>
    /// Digit values with zeros elsewhere; where a minus leads, and where anything else than a digit follows; and, as the result, bits for what no
    /// number has: a character that is no point, no digit at the begin, a leading zero before another digit.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Classify(Vector512<byte> raw, Vector128<int> lengths, out Vector512<byte> digits, out ulong others, out ulong minus)
    {
        var inside = Vector512.GreaterThanOrEqual(Places, Spread(Vector128.Create(Lane) - lengths));
        var values = raw - Vector512.Create((byte)'0');
        var digit = Vector512.LessThanOrEqual(values, Vector512.Create((byte)9)) & inside;
        digits = values & digit;
        var (within, isDigit) = (inside.ExtractMostSignificantBits(), digit.ExtractMostSignificantBits());
        var first = within & ~(within << 1 & ~LaneStarts);
        minus = Vector512.Equals(raw, Vector512.Create((byte)'-')).ExtractMostSignificantBits() & first;
        others = within & ~isDigit & ~minus;
        var firstDigit = (first ^ minus) | (minus << 1 & ~LaneStarts);
        var zeros = Vector512.Equals(values, Vector512<byte>.Zero).ExtractMostSignificantBits();
        var points = Vector512.Equals(raw, Vector512.Create((byte)'.')).ExtractMostSignificantBits();
        return (others & ~points) | (firstDigit & ~isDigit) | (minus & LaneEnds) | (firstDigit & zeros & isDigit >> 1 & ~LaneEnds);
    }

    /// <summary>Moves the digits before the point up by one place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> ClosePoint(Vector512<byte> digits, Vector128<int> points)
    {
        var behind = Vector512.GreaterThan(Places.AsSByte(), Spread(points).AsSByte()).AsByte();
        return Vector512.ConditionalSelect(behind, digits, Avx512BW.ShiftLeftLogical128BitLane(digits, 1));
    }

    /// <summary>Sixteen digit values in each lane, most significant first, as one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Combine(Vector512<byte> digits)
    {
        var pairs = Avx512BW.MultiplyAddAdjacent(digits, Vector512.Create(0x010A010A010A010AUL).AsSByte());
        var fours = Avx512BW.MultiplyAddAdjacent(pairs, Vector512.Create(0x0001006400010064UL).AsInt16());
        var packed = Avx512BW.PackUnsignedSaturate(fours, fours).AsInt16();
        var eights = Avx512BW.MultiplyAddAdjacent(packed, Vector512.Create(0x0001271000012710UL).AsInt16()).AsUInt64();
        var numbers = Avx512F.PermuteVar8x64(eights, Vector512.Create(0UL, 2, 4, 6, 0, 2, 4, 6)).GetLower();
        return Avx2.Multiply(numbers.AsUInt32(), Vector256.Create(100_000_000UL).AsUInt32()) + (numbers >>> 32);
    }

    /// <summary>The low byte of each number in every byte of its lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Spread(Vector128<int> numbers) =>
        Avx512Vbmi.PermuteVar64x8(numbers.AsByte().ToVector256Unsafe().ToVector512Unsafe(), Vector512.Create(
            Vector256.Create(Vector128<byte>.Zero, Vector128.Create((byte)4)), Vector256.Create(Vector128.Create((byte)8), Vector128.Create((byte)12))));

    /// <summary>The 16 bits of each lane as a number of their own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Widen(ulong bits) => Avx2.ConvertToVector256Int64(Vector128.CreateScalar(bits).AsUInt16());

    private static Vector512<byte> Places
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            (byte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }
}
