using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>The functions of numbers.</summary>
internal static class NumberKernels
{
    public static IEnumerable<(string Key, KernelEntry Kernel)> All { get; } =
    [
        ("abs(float64)", new(FixedKernels.Try<double, double, AbsDouble>)),
        ("abs(int64)", new(FixedKernels.Try<long, long, AbsLong>)),
        ("abs(decimal)", new(FixedKernels.Try<Int128, Int128, AbsDecimal>)),
        ("sign(float64)", new(FixedKernels.Try<double, long, SignDouble>)),
        ("ceil(float64)", Float<Ceil>()),
        ("ceil(int64)", new(Identity)),
        ("floor(float64)", Float<Floor>()),
        ("floor(int64)", new(Identity)),
        ("trunc(float64)", Float<Trunc>()),
        ("trunc(int64)", new(Identity)),
        ("round(float64,int64?)", RowKernels.Fixed<double, RoundDouble>()),
        ("round(int64,int64?)", RowKernels.Fixed<long, RoundLong>()),
        ("round(decimal,int64?)", new(RoundDecimal)),
        ("sqrt(float64)", Float<Sqrt>()),
        ("cbrt(float64)", Float<Cbrt>()),
        ("exp(float64)", Float<Exp>()),
        ("ln(float64)", Float<Ln>()),
        ("log10(float64)", Float<Log10>()),
        ("log2(float64)", Float<Log2>()),
        ("log(float64)", Float<Log10>()),
        ("log(float64,float64)", new(FixedKernels.Try<double, double, double, LogOfBase>)),
        ("power(float64,float64)", new(FixedKernels.Try<double, double, double, Power>)),
        ("sin(float64)", Float<Sin>()),
        ("cos(float64)", Float<Cos>()),
        ("tan(float64)", Float<Tan>()),
        ("asin(float64)", Float<Asin>()),
        ("acos(float64)", Float<Acos>()),
        ("atan(float64)", Float<Atan>()),
        ("atan2(float64,float64)", new(FixedKernels.Try<double, double, double, Atan2>)),
        ("sinh(float64)", Float<Sinh>()),
        ("cosh(float64)", Float<Cosh>()),
        ("tanh(float64)", Float<Tanh>()),
        ("degrees(float64)", Float<Degrees>()),
        ("radians(float64)", Float<Radians>()),
        ("pi()", new((in _) => new Operand(Scalar.Of(Math.PI)))),
        ("isnan(float64)", RowKernels.Bool<IsNan>()),
        ("isfinite(float64)", RowKernels.Bool<IsFinite>()),
        ("isinf(float64)", RowKernels.Bool<IsInfinite>()),
        ("gcd(int64,int64)", new(FixedKernels.Try<long, long, long, GreatestCommonDivisor>)),
        ("greatest(T...)", new((in call) => Extreme.Run<IsLess>(call), IsStrict: false)),
        ("least(T...)", new((in call) => Extreme.Run<IsGreater>(call), IsStrict: false)),
    ];

    private static KernelEntry Float<TFunction>() where TFunction : struct, IFloatFunction => new(FixedKernels.Try<double, double, NanIsNull<TFunction>>);

    private static Operand Identity(in KernelCall call) => call[0].Column!.Share();

    private static Operand RoundDecimal(in KernelCall call)
    {
        var scale = call.Type.Scale;
        var source = call[0].Values<Int128>();
        var buffer = PooledBuffer.Rent<Int128>(call.Length);
        var result = buffer.As<Int128>();
        for (var i = 0; i < result.Length; i++)
        {
            var digits = call.Count == 1 ? 0 : call[1].IsConstant ? call[1].Value<long>() : call[1].Values<long>()[i];
            var drop = (int)Math.Clamp(scale - digits, 0, 39);
            result[i] = drop > 38 ? 0 : DecimalMath.DropDigits(source[i], drop, DecimalRounding.HalfAway) * DecimalMath.PowerOfTen(drop);
        }

        return new FixedColumn<Int128>(call.Type, buffer, call.Length, call.CombinedValidity());
    }
}

/// <summary>A function of one double. NaN for an argument that is not NaN means that there is no value: null.</summary>
internal interface IFloatFunction
{
    static abstract double Apply(double x);
}

internal readonly struct NanIsNull<TFunction> : IFunction<double, double> where TFunction : struct, IFloatFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Outcome Apply(double value, out double result)
    {
        result = TFunction.Apply(value);
        return double.IsNaN(result) && !double.IsNaN(value) ? Outcome.Null : Outcome.Value;
    }
}

internal readonly struct Ceil : IFloatFunction { public static double Apply(double x) => Math.Ceiling(x); }

internal readonly struct Floor : IFloatFunction { public static double Apply(double x) => Math.Floor(x); }

internal readonly struct Trunc : IFloatFunction { public static double Apply(double x) => Math.Truncate(x); }

internal readonly struct Sqrt : IFloatFunction { public static double Apply(double x) => Math.Sqrt(x); }

internal readonly struct Cbrt : IFloatFunction
{
    /// <summary>Exact for cubes of whole numbers, which the library's result can miss by one unit.</summary>
    public static double Apply(double x)
    {
        var root = Math.Cbrt(x);
        var whole = Math.Round(root);
        return whole * whole * whole == x ? whole : root;
    }
}

internal readonly struct Exp : IFloatFunction { public static double Apply(double x) => Math.Exp(x); }

internal readonly struct Ln : IFloatFunction { public static double Apply(double x) => x == 0 ? double.NaN : Math.Log(x); }

internal readonly struct Log10 : IFloatFunction { public static double Apply(double x) => x == 0 ? double.NaN : Math.Log10(x); }

internal readonly struct Log2 : IFloatFunction { public static double Apply(double x) => x == 0 ? double.NaN : Math.Log2(x); }

internal readonly struct Sin : IFloatFunction { public static double Apply(double x) => Math.Sin(x); }

internal readonly struct Cos : IFloatFunction { public static double Apply(double x) => Math.Cos(x); }

internal readonly struct Tan : IFloatFunction { public static double Apply(double x) => Math.Tan(x); }

internal readonly struct Asin : IFloatFunction { public static double Apply(double x) => Math.Asin(x); }

internal readonly struct Acos : IFloatFunction { public static double Apply(double x) => Math.Acos(x); }

internal readonly struct Atan : IFloatFunction { public static double Apply(double x) => Math.Atan(x); }

internal readonly struct Sinh : IFloatFunction { public static double Apply(double x) => Math.Sinh(x); }

internal readonly struct Cosh : IFloatFunction { public static double Apply(double x) => Math.Cosh(x); }

internal readonly struct Tanh : IFloatFunction { public static double Apply(double x) => Math.Tanh(x); }

internal readonly struct Degrees : IFloatFunction { public static double Apply(double x) => x * (180 / Math.PI); }

internal readonly struct Radians : IFloatFunction { public static double Apply(double x) => x * (Math.PI / 180); }
