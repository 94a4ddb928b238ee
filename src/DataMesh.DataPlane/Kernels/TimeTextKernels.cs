using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Dates and times to texts, from texts, and into time zones.</summary>
internal static class TimeTextKernels
{
    public static IEnumerable<(string Key, KernelEntry Kernel)> All { get; } =
    [
        ("strftime(date,string)", new(Format)),
        ("strftime(timestamp,string)", new(Format)),
        ("strptime(string,string)", RowKernels.Fixed<long, Read>(PatternOf)),
        ("try_strptime(string,string)", RowKernels.Fixed<long, TryRead>(PatternOf)),
        ("dayname(timestamp)", new((in call) => Write(call, DateTimePattern.Parse("%A")))),
        ("monthname(timestamp)", new((in call) => Write(call, DateTimePattern.Parse("%B")))),
        ("timezone(string,timestamp)", RowKernels.Fixed<long, ToZone>(call => CastFormat.FindZone(RowKernels.ConstantText(call[0]) ?? throw NotConstant("time zone"))) with { TakesConstantFirst = true }),
        ("from_timezone(string,timestamp)", RowKernels.Fixed<long, FromZone>(call => CastFormat.FindZone(RowKernels.ConstantText(call[0]) ?? throw NotConstant("time zone"))) with { TakesConstantFirst = true }),
    ];

    private static DateTimePattern PatternOf(KernelCall call) => DateTimePattern.Parse(RowKernels.ConstantText(call[1]) ?? throw NotConstant("pattern"));

    private static DataMeshException NotConstant(string what) => new($"The {what} must be a constant text.");

    private static Operand Format(in KernelCall call)
    {
        if (RowKernels.ConstantText(call[1]) is not { } pattern) throw NotConstant("pattern");
        return Write(call, DateTimePattern.Parse(pattern));
    }

    private static Operand Write(in KernelCall call, DateTimePattern pattern)
    {
        var column = call[0].Column!;
        var validity = call.CombinedValidity();
        var writer = new VarWriter(call.Length);
        for (var row = 0; row < call.Length; row++)
        {
            if (validity is null || validity[row])
                pattern.Write(column is FixedColumn<int> dates ? dates[row] * IntervalKernels.DayMicros : ((FixedColumn<long>)column)[row], TimeZoneInfo.Utc, writer);
            writer.EndValue();
        }

        return writer.ToColumn(call.Type, validity);
    }

    private readonly struct Read : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result) =>
            ((DateTimePattern)row.State!).TryRead(row.Text(0), TimeZoneInfo.Utc, out result) ? Outcome.Value : Outcome.Fail;
    }

    private readonly struct TryRead : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result) =>
            ((DateTimePattern)row.State!).TryRead(row.Text(0), TimeZoneInfo.Utc, out result) ? Outcome.Value : Outcome.Null;
    }

    private readonly struct ToZone : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result)
        {
            result = row.Long(1) + DateTimePattern.OffsetOf(row.Long(1), (TimeZoneInfo)row.State!);
            return Outcome.Value;
        }
    }

    private readonly struct FromZone : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result)
        {
            result = DateTimeParser.ToUtc(row.Long(1), (TimeZoneInfo)row.State!);
            return Outcome.Value;
        }
    }
}
