using DataMesh.Core.Columns;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Kernels;

/// <summary>The functions of dates and timestamps.</summary>
internal static class TimeKernels
{
    private static readonly string[] Parts =
        ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond", "dayofweek", "isodow", "dayofyear", "isoyear", "decade", "century"];

    public static IEnumerable<(string Key, KernelEntry Kernel)> All { get; } =
    [
        .. Parts.SelectMany(PartKernels),
        ("date_part(string,date)", new((in call) => PartOf(call, UnitOf(call)), TakesConstantFirst: true)),
        ("date_part(string,timestamp)", new((in call) => PartOf(call, UnitOf(call)), TakesConstantFirst: true)),
        ("date_trunc(string,date)", new((in call) => TruncateDates(call, UnitOf(call)), TakesConstantFirst: true)),
        ("date_trunc(string,timestamp)", new((in call) => TruncateTimes(call, UnitOf(call)), TakesConstantFirst: true)),
        ("date_diff(string,timestamp,timestamp)", new(Difference, TakesConstantFirst: true)),
        ("date_add(string,int64,timestamp)", RowKernels.Fixed<long, AddUnits>(call => new Unit(UnitOf(call))) with { TakesConstantFirst = true }),
        ("last_day(date)", new(FixedKernels.Try<int, int, LastDay>)),
        ("make_date(int64,int64,int64)", RowKernels.Fixed<int, MakeDate>()),
        ("make_timestamp(int64,int64,int64,int64,int64,float64)", RowKernels.Fixed<long, MakeTimestamp>()),
        ("to_timestamp(float64)", new(FixedKernels.Try<double, long, FromSeconds>)),
        ("epoch(timestamp)", new(FixedKernels.Try<long, double, ToSeconds>)),
        ("epoch_ms(timestamp)", new(FixedKernels.Try<long, long, ToMilliseconds>)),
        ("epoch_ms(int64)", new(FixedKernels.Try<long, long, FromMilliseconds>)),
        ("epoch_us(timestamp)", new(FixedKernels.Try<long, long, ToMicroseconds>)),
    ];

    private static IEnumerable<(string, KernelEntry)> PartKernels(string name)
    {
        var part = TimeParts.Find(name)!.Value;
        yield return ($"{name}(date)", new KernelEntry((in call) => PartOf(call, part)));
        yield return ($"{name}(timestamp)", new KernelEntry((in call) => PartOf(call, part)));
    }

    private static TimePart UnitOf(in KernelCall call)
    {
        if (RowKernels.ConstantText(call[0]) is not { } name) throw new DataMeshException("The unit must be a constant text such as 'month'.");
        return TimeParts.Find(name) ?? throw new DataMeshException($"There is no unit of time '{name}'.", hint: Nearest.Hint(name, Parts));
    }

    /// <summary>The last argument is the date or timestamp.</summary>
    private static FixedColumn<long> PartOf(in KernelCall call, TimePart part)
    {
        var value = call[call.Count - 1];
        var buffer = PooledBuffer.Rent<long>(call.Length);
        var result = buffer.As<long>();
        if (value.Type.Kind == TypeKind.Date)
        {
            var days = Dates(value, call.Length);
            for (var i = 0; i < result.Length; i++) result[i] = TimeParts.GetOfDay(part, days[i]);
        }
        else
        {
            var times = Times(value, call.Length);
            for (var i = 0; i < result.Length; i++) result[i] = TimeParts.Get(part, times[i]);
        }

        return new FixedColumn<long>(call.Type, buffer, call.Length, call.CombinedValidity());
    }

    private static Operand TruncateDates(in KernelCall call, TimePart unit)
    {
        var buffer = PooledBuffer.Rent<int>(call.Length);
        var result = buffer.As<int>();
        var days = Dates(call[1], call.Length);
        for (var i = 0; i < result.Length; i++) result[i] = (int)TimeParts.TruncateDay(unit, days[i]);
        return new FixedColumn<int>(call.Type, buffer, call.Length, call.CombinedValidity());
    }

    private static Operand TruncateTimes(in KernelCall call, TimePart unit)
    {
        var buffer = PooledBuffer.Rent<long>(call.Length);
        var result = buffer.As<long>();
        var times = Times(call[1], call.Length);
        for (var i = 0; i < result.Length; i++) result[i] = TimeParts.Truncate(unit, times[i]);
        return new FixedColumn<long>(call.Type, buffer, call.Length, call.CombinedValidity());
    }

    private static Operand Difference(in KernelCall call)
    {
        var unit = UnitOf(call);
        var buffer = PooledBuffer.Rent<long>(call.Length);
        var result = buffer.As<long>();
        var from = Times(call[1], call.Length);
        var to = Times(call[2], call.Length);
        for (var i = 0; i < result.Length; i++) result[i] = TimeParts.Difference(unit, from[i], to[i]);
        return new FixedColumn<long>(call.Type, buffer, call.Length, call.CombinedValidity());
    }

    private static ReadOnlySpan<int> Dates(in Operand operand, int length) => ((FixedColumn<int>)operand.ToColumn(length)).Values;

    private static ReadOnlySpan<long> Times(in Operand operand, int length) => ((FixedColumn<long>)operand.ToColumn(length)).Values;

    private sealed record Unit(TimePart Part);

    private readonly struct AddUnits : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result)
        {
            result = 0;
            return TimeParts.TrySpan(((Unit)row.State!).Part, row.Long(1), out var months, out var micros) ? IntervalKernels.Add(row.Long(2), months, micros, out result) : Outcome.Fail;
        }
    }
}
