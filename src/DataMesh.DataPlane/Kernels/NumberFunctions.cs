namespace DataMesh.DataPlane.Kernels;

internal readonly struct AbsDouble : IFunction<double, double>
{
    public static Outcome Apply(double value, out double result)
    {
        result = Math.Abs(value);
        return Outcome.Value;
    }
}

internal readonly struct AbsLong : IFunction<long, long>
{
    public static Outcome Apply(long value, out long result)
    {
        result = value < 0 ? unchecked(-value) : value;
        return value == long.MinValue ? Outcome.Fail : Outcome.Value;
    }
}

internal readonly struct AbsDecimal : IFunction<Int128, Int128>
{
    public static Outcome Apply(Int128 value, out Int128 result)
    {
        result = value < 0 ? -value : value;
        return Outcome.Value;
    }
}

internal readonly struct SignDouble : IFunction<double, long>
{
    public static Outcome Apply(double value, out long result)
    {
        result = value > 0 ? 1 : value < 0 ? -1 : 0;
        return Outcome.Value;
    }
}

internal readonly struct Power : IFunction<double, double, double>
{
    public static Outcome Apply(double left, double right, out double result)
    {
        result = Math.Pow(left, right);
        return double.IsNaN(result) && !double.IsNaN(left) && !double.IsNaN(right) ? Outcome.Null : Outcome.Value;
    }
}

internal readonly struct LogOfBase : IFunction<double, double, double>
{
    public static Outcome Apply(double left, double right, out double result)
    {
        result = Math.Log(right) / Math.Log(left);
        return double.IsFinite(result) ? Outcome.Value : Outcome.Null;
    }
}

internal readonly struct Atan2 : IFunction<double, double, double>
{
    public static Outcome Apply(double left, double right, out double result)
    {
        result = Math.Atan2(left, right);
        return Outcome.Value;
    }
}

internal readonly struct GreatestCommonDivisor : IFunction<long, long, long>
{
    public static Outcome Apply(long left, long right, out long result)
    {
        var (a, b) = (UInt128.CreateTruncating(Int128.Abs(left)), UInt128.CreateTruncating(Int128.Abs(right)));
        while (b != 0) (a, b) = (b, a % b);
        result = a <= long.MaxValue ? (long)a : 0;
        return a <= long.MaxValue ? Outcome.Value : Outcome.Fail;
    }
}

internal readonly struct RoundDouble : IRowFunction<double>
{
    /// <summary>A half goes away from zero, by the shortest decimal text of the number.</summary>
    public static Outcome Apply(in Row row, out double result)
    {
        var value = row.Double(0);
        var digits = row.Count > 1 ? row.Long(1) : 0;
        if (digits == 0) result = Math.Round(value, MidpointRounding.AwayFromZero);
        else if (digits is < -308 or > 15 || !double.IsFinite(value)) result = digits < 0 && double.IsFinite(value) ? 0 : value;
        else
        {
            var scale = Math.Pow(10, Math.Abs(digits));
            result = digits > 0 ? Math.Round(value * scale, MidpointRounding.AwayFromZero) / scale : Math.Round(value / scale, MidpointRounding.AwayFromZero) * scale;
            if (!double.IsFinite(result)) result = value;
        }

        return Outcome.Value;
    }
}

internal readonly struct RoundLong : IRowFunction<long>
{
    public static Outcome Apply(in Row row, out long result)
    {
        result = row.Long(0);
        var digits = row.Count > 1 ? row.Long(1) : 0;
        if (digits >= 0) return Outcome.Value;
        var rounded = digits < -19 ? 0 : DecimalMath.DropDigits(result, (int)-digits, DecimalRounding.HalfAway) * DecimalMath.PowerOfTen((int)-digits);
        if (rounded > long.MaxValue || rounded < long.MinValue) return Outcome.Fail;
        result = (long)rounded;
        return Outcome.Value;
    }
}

internal readonly struct IsNan : IRowFunction<bool>
{
    public static Outcome Apply(in Row row, out bool result)
    {
        result = double.IsNaN(row.Double(0));
        return Outcome.Value;
    }
}

internal readonly struct IsFinite : IRowFunction<bool>
{
    public static Outcome Apply(in Row row, out bool result)
    {
        result = double.IsFinite(row.Double(0));
        return Outcome.Value;
    }
}

internal readonly struct IsInfinite : IRowFunction<bool>
{
    public static Outcome Apply(in Row row, out bool result)
    {
        result = double.IsInfinity(row.Double(0));
        return Outcome.Value;
    }
}
