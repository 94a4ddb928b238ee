using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Adds months (to the last day of a shorter month) and then an exact span.</summary>
internal static class IntervalKernels
{
    public const long DayMicros = 86_400_000_000L;

    /// <summary>date, months, days</summary>
    public static Operand AddToDate(in KernelCall call)
    {
        var (months, days) = (call[1].Value<long>(), call[2].Value<long>());
        var dates = call[0].Values<int>();
        var buffer = PooledBuffer.Rent<int>(call.Length);
        var result = buffer.As<int>();
        var validity = call.CombinedValidity();
        for (var i = 0; i < result.Length; i++)
        {
            var outcome = DatePlusDays.Apply(AddMonths(dates[i], months), days, out result[i]);
            if (outcome != Outcome.Value) validity = FixedKernels.Mark(call, validity, i, outcome);
        }

        return new FixedColumn<int>(call.Type, buffer, call.Length, validity);
    }

    /// <summary>timestamp, months, µs</summary>
    public static Operand AddToTimestamp(in KernelCall call)
    {
        var (months, micros) = (call[1].Value<long>(), call[2].Value<long>());
        var times = call[0].Values<long>();
        var buffer = PooledBuffer.Rent<long>(call.Length);
        var result = buffer.As<long>();
        var validity = call.CombinedValidity();
        for (var i = 0; i < result.Length; i++)
        {
            var outcome = Add(times[i], months, micros, out result[i]);
            if (outcome != Outcome.Value) validity = FixedKernels.Mark(call, validity, i, outcome);
        }

        return new FixedColumn<long>(call.Type, buffer, call.Length, validity);
    }

    /// <summary>A timestamp some months and µs later; fails outside of the years 0 to 9999.</summary>
    public static Outcome Add(long time, long months, long micros, out long result)
    {
        result = time;
        if (months != 0)
        {
            var day = DivideFloor(time, DayMicros);
            if (day is < int.MinValue or > int.MaxValue) return Outcome.Fail;
            result = AddMonths((int)day, months) * DayMicros + (time - day * DayMicros);
        }

        var sum = (Int128)result + micros;
        if (sum < DatePlusDays.DateMin * (Int128)DayMicros || sum >= (DatePlusDays.DateMax + 1) * (Int128)DayMicros) return Outcome.Fail;
        result = (long)sum;
        return Outcome.Value;
    }

    /// <summary>The same day of another month, or that month's last. Beyond the calendar a day that no date can be.</summary>
    public static int AddMonths(int days, long months)
    {
        if (months == 0) return days;
        ValueText.CivilFromDays(days, out var year, out var month, out var day);
        var total = year * 12L + month - 1 + months;
        var newYear = DivideFloor(total, 12);
        if (newYear is < -10_000 or > 20_000) return newYear < 0 ? -10_000_000 : 10_000_000;
        var newMonth = (int)(total - newYear * 12) + 1;
        return ValueText.DaysFromCivil((int)newYear, newMonth, Math.Min(day, DateTimeParser.DaysInMonth((int)newYear, newMonth)));
    }

    /// <summary>Division rounded down.</summary>
    public static long DivideFloor(long value, long divisor)
    {
        var (quotient, rest) = Math.DivRem(value, divisor);
        return rest < 0 ? quotient - 1 : quotient;
    }
}
