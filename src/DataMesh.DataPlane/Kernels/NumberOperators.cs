using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>a // b, cut towards zero; null when b is zero.</summary>
internal readonly struct DivideLongs : IFunction<long, long, long>
{
    public static Outcome Apply(long left, long right, out long result)
    {
        result = 0;
        if (right == 0) return Outcome.Null;
        if (right == -1 && left == long.MinValue) return Outcome.Fail;
        result = left / right;
        return Outcome.Value;
    }
}

/// <summary>a % b with the sign of a; null when b is zero.</summary>
internal readonly struct RemainderLongs : IFunction<long, long, long>
{
    public static Outcome Apply(long left, long right, out long result)
    {
        result = right is 0 or -1 ? 0 : left % right;
        return right == 0 ? Outcome.Null : Outcome.Value;
    }
}

/// <summary>floor(a / b); null when b is zero.</summary>
internal readonly struct FloorDivideDoubles : IFunction<double, double, double>
{
    public static Outcome Apply(double left, double right, out double result)
    {
        result = Math.Floor(left / right);
        return right == 0 ? Outcome.Null : Outcome.Value;
    }
}

/// <summary>a % b with the sign of a; null when b is zero.</summary>
internal readonly struct RemainderDoubles : IFunction<double, double, double>
{
    public static Outcome Apply(double left, double right, out double result)
    {
        result = left % right;
        return right == 0 ? Outcome.Null : Outcome.Value;
    }
}

/// <summary>-a; fails on the smallest int64.</summary>
internal readonly struct NegateLong : IFunction<long, long>
{
    public static Outcome Apply(long value, out long result)
    {
        result = unchecked(-value);
        return value == long.MinValue ? Outcome.Fail : Outcome.Value;
    }
}

/// <summary>-a</summary>
internal readonly struct NegateDecimal : IFunction<Int128, Int128>
{
    public static Outcome Apply(Int128 value, out Int128 result)
    {
        result = -value;
        return Outcome.Value;
    }
}

/// <summary>Days between two dates.</summary>
internal readonly struct DateMinusDate : IFunction<int, int, long>
{
    public static Outcome Apply(int left, int right, out long result)
    {
        result = (long)left - right;
        return Outcome.Value;
    }
}

/// <summary>A date some days later; fails outside of the years 0 to 9999.</summary>
internal readonly struct DatePlusDays : IFunction<int, long, int>
{
    public static readonly int DateMin = ValueText.DaysFromCivil(0, 1, 1), DateMax = ValueText.DaysFromCivil(9999, 12, 31);

    public static Outcome Apply(int left, long right, out int result)
    {
        result = 0;
        if (right is < int.MinValue or > int.MaxValue) return Outcome.Fail;
        var sum = left + right;
        if (sum < DateMin || sum > DateMax) return Outcome.Fail;
        result = (int)sum;
        return Outcome.Value;
    }
}

/// <summary>A date some days earlier.</summary>
internal readonly struct DateMinusDays : IFunction<int, long, int>
{
    public static Outcome Apply(int left, long right, out int result) => DatePlusDays.Apply(left, right == long.MinValue ? long.MaxValue : -right, out result);
}
