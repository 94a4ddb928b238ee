using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataMesh.Formats.Text;

/// <summary>
/// Reads four times <c>yyyy-MM-dd HH:mm:ss</c> (or with a T) at once, as <see cref="TimeText.TryFastTime"/> reads one. It answers for all four or for none.
/// </summary>
internal static class FourTimes
{
    private const int TimeLength = 19;

    /// <summary>From the last digit of the year on, which fills a lane.</summary>
    private const int TailLength = 16;

    /// <summary>Where the separator of date and time lies in each lane.</summary>
    private const ulong Separators = 0x0080_0080_0080_0080;

    /// <summary>Whether the vector instructions are there.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FourNumbers.IsSupported;
    }

    /// <summary>Reads four times that end at <paramref name="ends"/> into microseconds since 1970, no zone applied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ref byte text, Vector128<int> ends, Vector128<int> lengths, ref long micros)
    {
        if (lengths != Vector128.Create(TimeLength)) return false;
        var sums = Sum(ref text, ends, out var isRegular);
        if (!isRegular || !TryReadYears(ref text, ends, out var years)) return false;
        var monthsAndDays = sums.GetUpper().GetLower();
        var (months, days) = (monthsAndDays >>> 5, monthsAndDays & Vector128.Create(31));
        if (!AreDays(years, months, days)) return false;
        var seconds = sums.GetLower().GetLower() + sums.GetLower().GetUpper();
        var whole = Avx2.Multiply(Avx2.ConvertToVector256Int64(SinceEpoch(years, months, days)).AsInt32(), Vector256.Create(86_400L).AsInt32());
        ((whole + Avx2.ConvertToVector256Int64(seconds)) * 1_000_000L).StoreUnsafe(ref micros);
        return true;
    }

    /// <summary>Four times hours and minutes as seconds, then four times seconds, then four times month * 32 + day.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Sum(ref byte text, Vector128<int> ends, out bool isRegular)
    {
        ref var tail = ref Unsafe.Subtract(ref text, TailLength);
        var raw = Vector512.Create(
            Vector256.Create(Vector128.LoadUnsafe(ref Unsafe.Add(ref tail, ends[0])), Vector128.LoadUnsafe(ref Unsafe.Add(ref tail, ends[1]))),
            Vector256.Create(Vector128.LoadUnsafe(ref Unsafe.Add(ref tail, ends[2])), Vector128.LoadUnsafe(ref Unsafe.Add(ref tail, ends[3]))));
        var values = raw - Repeat(Vector128.Create("0-00-00 00:00:00"u8));
        const byte t = 'T' - ' ';
        var wrong = Vector512.GreaterThan(values, Repeat(Vector128.Create((byte)9, 0, 9, 9, 0, 9, 9, t, 9, 9, 0, 9, 9, 0, 9, 9))).ExtractMostSignificantBits();
        var separated = (Vector512.Equals(values, Vector512<byte>.Zero) | Vector512.Equals(values, Vector512.Create(t))).ExtractMostSignificantBits();
        var ordered = Avx512BW.Shuffle(values, Repeat(Vector128.Create((byte)8, 9, 11, 12, 14, 15, 0x80, 0x80, 2, 3, 5, 6, 0x80, 0x80, 0x80, 0x80)));
        var parts = Avx512BW.MultiplyAddAdjacent(ordered, Vector512.Create(0x010A010A010A010AUL).AsSByte()); // hour, minute, second, 0, month, day
        var late = Vector512.GreaterThan(parts, Repeat(Vector128.Create(23, 59, 59, 0, 12, 31, 0, 0).AsByte()).AsInt16());
        isRegular = (wrong | (Separators & ~separated)) == 0 && late == Vector512<short>.Zero;
        var sums = Avx512BW.MultiplyAddAdjacent(parts, Repeat(Vector128.Create(3600, 60, 1, 0, 32, 1, 0, 0).AsByte()).AsInt16());
        return Avx512F.PermuteVar16x32(sums, Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadYears(ref byte text, Vector128<int> ends, out Vector128<int> years)
    {
        ref var head = ref Unsafe.Subtract(ref text, TimeLength);
        var digits = Vector128.Create(Read(ref head, ends[0]), Read(ref head, ends[1]), Read(ref head, ends[2]), Read(ref head, ends[3])).AsByte() - Vector128.Create((byte)'0');
        var pairs = Ssse3.MultiplyAddAdjacent(digits, Vector128.Create(0x010A010A010A010AUL).AsSByte());
        years = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create(0x0001006400010064UL).AsInt16());
        return !Vector128.GreaterThanAny(digits, Vector128.Create((byte)9));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read(ref byte head, int at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref head, at));

    /// <summary>Whether there are such days: year and month from 1 on, and the day within its month.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreDays(Vector128<int> years, Vector128<int> months, Vector128<int> days)
    {
        var isCentury = Vector128.Equals(years - Hundreds(years) * 100, Vector128<int>.Zero);
        var isLeap = Vector128.Equals(years & (Vector128.Create(3) | (isCentury & Vector128.Create(15))), Vector128<int>.Zero);
        var isFebruary = Vector128.Equals(months, Vector128.Create(2));
        var usual = Vector128.Create(30) + ((months + (months >>> 3)) & Vector128<int>.One);
        var last = Vector128.ConditionalSelect(isFebruary, Vector128.Create(28) - isLeap, usual);
        return Vector128.GreaterThanOrEqualAll(last, days) && Vector128.GreaterThanAll(Vector128.Min(Vector128.Min(years, months), days), Vector128<int>.Zero);
    }

    /// <summary>Days since 1970, counted in years that begin in March, so that a leap day comes last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SinceEpoch(Vector128<int> years, Vector128<int> months, Vector128<int> days)
    {
        var isBeforeMarch = Vector128.LessThan(months, Vector128.Create(3));
        var year = years + isBeforeMarch;
        var month = months - Vector128.Create(3) + (isBeforeMarch & Vector128.Create(12));
        var hundreds = Hundreds(year);
        var before = year * 365 + (year >>> 2) - hundreds + (hundreds >>> 2);
        return before + (month * 979 + Vector128.Create(15) >>> 5) + days - Vector128.Create(719_469);
    }

    /// <summary>A hundredth, exact below 43,690.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Hundreds(Vector128<int> years) => years * 5243 >>> 19;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Repeat(Vector128<byte> lane) => Vector512.Create(Vector256.Create(lane, lane), Vector256.Create(lane, lane));
}
