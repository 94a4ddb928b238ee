using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

internal readonly struct LastDay : IFunction<int, int>
{
    public static Outcome Apply(int value, out int result)
    {
        ValueText.CivilFromDays(value, out var year, out var month, out _);
        result = ValueText.DaysFromCivil(year, month, DateTimeParser.DaysInMonth(year, month));
        return Outcome.Value;
    }
}

internal readonly struct MakeDate : IRowFunction<int>
{
    /// <summary>Fails for a day that does not exist.</summary>
    public static Outcome Apply(in Row row, out int result)
    {
        result = 0;
        var (year, month, day) = (row.Long(0), row.Long(1), row.Long(2));
        if (year is < 0 or > 9999 || month is < 1 or > 12 || day is < 1 or > 31 || !DateTimeParser.IsDate((int)year, (int)month, (int)day)) return Outcome.Fail;
        result = ValueText.DaysFromCivil((int)year, (int)month, (int)day);
        return Outcome.Value;
    }
}

internal readonly struct MakeTimestamp : IRowFunction<long>
{
    public static Outcome Apply(in Row row, out long result)
    {
        result = 0;
        if (MakeDate.Apply(row, out var day) != Outcome.Value) return Outcome.Fail;
        var (hour, minute, second) = (row.Long(3), row.Long(4), row.Double(5));
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is not (>= 0 and < 60)) return Outcome.Fail;
        result = day * IntervalKernels.DayMicros + (hour * 60 + minute) * 60_000_000 + (long)Math.Round(second * 1_000_000);
        return Outcome.Value;
    }
}

internal readonly struct FromSeconds : IFunction<double, long>
{
    public static Outcome Apply(double value, out long result)
    {
        var micros = Math.Round(value * 1_000_000);
        var fits = Math.Abs(micros) < 9.2e18;
        result = fits ? (long)micros : 0;
        return fits ? Outcome.Value : Outcome.Fail;
    }
}

internal readonly struct ToSeconds : IFunction<long, double>
{
    public static Outcome Apply(long value, out double result)
    {
        result = value / 1_000_000.0;
        return Outcome.Value;
    }
}

internal readonly struct ToMilliseconds : IFunction<long, long>
{
    public static Outcome Apply(long value, out long result)
    {
        result = IntervalKernels.DivideFloor(value, 1000);
        return Outcome.Value;
    }
}

internal readonly struct FromMilliseconds : IFunction<long, long>
{
    public static Outcome Apply(long value, out long result)
    {
        result = unchecked(value * 1000);
        return Int128.Abs(value) < long.MaxValue / 1000 ? Outcome.Value : Outcome.Fail;
    }
}

internal readonly struct ToMicroseconds : IFunction<long, long>
{
    public static Outcome Apply(long value, out long result)
    {
        result = value;
        return Outcome.Value;
    }
}
