using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataMesh.Formats.Text;

/// <summary>
/// Reads the decimal number that a text begins with, up to 15 characters of it, in a handful of vector instructions: digits, perhaps with one point between them,
/// and no leading zero but a single one. All methods read 17 bytes. What follows the number is for the caller to check.
/// </summary>
internal static unsafe class NumberStart
{
    private const int LengthMax = 15;

    /// <summary>By length and position of the point: (length &lt;&lt; 4) + point. Pinned, as the loops keep its address.</summary>
    private static readonly Form[] Forms = MakeForms();

    /// <summary>Whether the vector instructions are there; callers take their scalar path otherwise.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Sse41.IsSupported;
    }

    /// <summary>Makes the table now: the compiler reads it without a check in methods that it compiles after this.</summary>
    public static void Prepare() => RuntimeHelpers.RunClassConstructor(typeof(NumberStart).TypeHandle);

    /// <summary>Reads an integer and returns the place behind it; null when there is none that is short enough, or a point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Integer(byte* p, out long value)
    {
        var minus = *p == '-' ? 1 : 0;
        p += minus;
        ref readonly var form = ref Read(p, out var digits, out var length, out var point);
        value = ((long)digits ^ -minus) + minus;
        // All of these are negative when something is wrong: too long or no digits, a point, a zero with digits behind it.
        return (form.IntegerProblem | ((*p - '1') & (1 - point))) >= 0 ? p + length : null;
    }

    /// <summary>Reads a number and returns the place behind it; null when there is none that is short enough, or an exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Double(byte* p, out double value)
    {
        var minus = *p == '-' ? 1 : 0;
        p += minus;
        ref readonly var form = ref Read(p, out var digits, out var length, out var point);
        // 15 digits are exact as a double and so is the power of ten, so that the one division rounds correctly (Clinger's fast path).
        value = (long)digits / Unsafe.Add(ref Unsafe.AsRef(in form.Divisor), minus);
        return (form.Problem | ((*p - '1') & (1 - point))) >= 0 && (p[length] | 0x20) != 'e' ? p + length : null;
    }

    /// <summary>The digits as one integer without their point, how many characters they take, and how many stand before the point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref readonly Form Read(byte* p, out ulong digits, out int length, out int point)
    {
        var raw = Vector128.Load(p);
        var values = raw - Vector128.Create((byte)'0');
        var isDigit = Vector128.Equals(Vector128.Min(values, Vector128.Create((byte)9)), values).ExtractMostSignificantBits();
        var points = Vector128.Equals(raw, Vector128.Create((byte)'.')).ExtractMostSignificantBits();
        // The number ends where no digit stands, except for the first point.
        length = BitOperations.TrailingZeroCount(~(isDigit | (points & (0 - points))));
        point = BitOperations.TrailingZeroCount(points | 1u << length);
        ref var form = ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(Forms), (nint)(uint)(((length << 4) + point) * sizeof(Form)));
        digits = DigitText.Combine(Ssse3.Shuffle(values, form.Control));
        return ref form;
    }

    private static Form[] MakeForms()
    {
        var forms = GC.AllocateUninitializedArray<Form>((LengthMax + 2) << 4 | 1, pinned: true);
        for (var length = 0; length <= LengthMax + 1; length++)
        {
            for (var point = 0; point <= Math.Min(length, 15); point++) forms[(length << 4) + point] = MakeForm(length, point);
        }

        forms[^1] = MakeForm(LengthMax + 1, LengthMax + 1);
        return forms;
    }

    private static Form MakeForm(int length, int point)
    {
        var isInteger = point == length;
        var digits = isInteger ? length : length - 1;
        var order = new byte[16];
        Array.Fill(order, (byte)0x80);
        for (var i = 0; i < digits; i++) order[16 - digits + i] = (byte)(i < point ? i : i + 1);
        var isWell = length <= LengthMax && point > 0 && point != length - 1;
        var divisor = 1.0;
        for (var i = point; i < digits; i++) divisor *= 10;
        return new Form
        {
            Control = Vector128.Create(order),
            Divisor = divisor,
            NegativeDivisor = -divisor,
            Problem = isWell ? 0 : -1,
            IntegerProblem = isWell && isInteger ? 0 : -1,
        };
    }

    private struct Form
    {
        /// <summary>Shuffles the digits to the right end, zeros before them, the point left out.</summary>
        public Vector128<byte> Control;
        public double Divisor;
        public double NegativeDivisor;
        /// <summary>Negative when this is no number.</summary>
        public int Problem;
        /// <summary>Negative when this is no integer.</summary>
        public int IntegerProblem;
    }
}
