using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Aggregates;

namespace DataMesh.DataPlane.Stages.Windows;

/// <summary>A windowed aggregate bound to its input. Times are microseconds since 1970.</summary>
internal sealed class WindowPlan
{
    /// <summary>Most windows that a row of sliding windows may belong to.</summary>
    private const int WindowsPerRowMax = 1000;

    private const long MicrosecondsPerDay = 86_400_000_000;

    private WindowPlan(AggregatePlan aggregate, Operand on)
    {
        (Aggregate, On) = (aggregate, on);
        Output = new Schema([new Field("window_start", DataType.Timestamp, false), new Field("window_end", DataType.Timestamp, false), .. aggregate.Output]);
    }

    /// <summary>Keys and aggregates.</summary>
    public AggregatePlan Aggregate { get; }

    /// <summary>Event time.</summary>
    public Operand On { get; }

    /// <summary>Start and end of the window, keys, aggregates.</summary>
    public Schema Output { get; }

    /// <summary>Length of aligned windows; 0 for sessions.</summary>
    public long Size { get; private init; }

    /// <summary>Distance between the starts of aligned windows.</summary>
    public long Every { get; private init; }

    /// <summary>Time without rows that ends a session; 0 for aligned windows.</summary>
    public long Gap { get; private init; }

    /// <summary>Allowed lateness.</summary>
    public long Lateness { get; private init; }

    /// <summary>Fate of late rows.</summary>
    public LateRows Late { get; private init; }

    /// <summary>Whether open windows are emitted at the end of a run.</summary>
    public bool EmitsAtEnd { get; private init; }

    /// <summary>What the state depends on.</summary>
    public required string Definition { get; init; }

    /// <summary>Binds the options.</summary>
    public static WindowPlan Bind(WindowOptions options, AggregatePlan aggregate, IEnumerable<string> texts, Schema input, ComponentContext context)
    {
        var on = Operand.Bind(options.On, input);
        if (on.Type.Kind is not (TypeKind.Timestamp or TypeKind.Date or TypeKind.Null))
            throw new DataMeshException($"'{options.On}' is {on.Type}: windows need a timestamp or a date.", options.On.Location, hint: "cast the column before the aggregate");
        if (new object?[] { options.Tumbling, options.Sliding, options.Session }.Count(each => each is not null) != 1)
            throw new DataMeshException("A window is one of tumbling, sliding or session.", options.On.Location, hint: "for example window: { on: time, tumbling: 1h }");
        var size = options.Tumbling ?? options.Sliding?.Size ?? TimeSpan.Zero;
        var every = options.Tumbling ?? options.Sliding?.Every ?? TimeSpan.Zero;
        var gap = options.Session?.Gap ?? TimeSpan.Zero;
        Check(options, size, every, gap);
        var kind = options.Session is not null ? $"sessions that end after {gap:c}" : $"windows of {size:c} every {every:c}";
        return new WindowPlan(aggregate, on)
        {
            Size = Microseconds(size),
            Every = Microseconds(every),
            Gap = Microseconds(gap),
            Lateness = Microseconds(options.Lateness),
            Late = options.Late,
            EmitsAtEnd = (options.AtEnd ?? (context.IsEndless ? OpenWindows.Keep : OpenWindows.Emit)) == OpenWindows.Emit,
            Definition = $"{kind} on {options.On}; {string.Join("; ", texts)}; of {string.Join(", ", aggregate.Operands.Select(each => $"{each.Text} ({each.Type})"))}",
        };
    }

    /// <summary>Event times of a column in microseconds.</summary>
    public static long[] Times(Column column)
    {
        var times = new long[column.Length];
        if (column is FixedColumn<long> timestamps) timestamps.Values.CopyTo(times);
        else if (column is FixedColumn<int> dates)
            for (var i = 0; i < times.Length; i++) times[i] = dates[i] * MicrosecondsPerDay;
        return times;
    }

    private static void Check(WindowOptions options, TimeSpan size, TimeSpan every, TimeSpan gap)
    {
        var tooShort = options.Session is not null ? gap : size < every ? size : every;
        if (tooShort < TimeSpan.FromMilliseconds(1)) throw new DataMeshException("A window needs a length of at least 1ms.", options.On.Location);
        if (options.Lateness < TimeSpan.Zero) throw new DataMeshException("The allowed lateness can not be negative.", options.On.Location);
        if (options.Sliding is null) return;
        if (every > size) throw new DataMeshException("Sliding windows that begin less often than they are long would miss rows.", options.On.Location, hint: "make size at least as long as every");
        if (size / every > WindowsPerRowMax)
            throw new DataMeshException($"A row would belong to more than {WindowsPerRowMax:N0} windows.", options.On.Location, hint: "let windows begin less often, or make them shorter");
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
