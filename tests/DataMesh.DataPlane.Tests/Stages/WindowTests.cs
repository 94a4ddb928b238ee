using System.Globalization;
using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Stages.Windows;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

/// <summary>Windowed aggregates against a slow and plain reference, row by row, whatever batches the rows come in and however often the state is saved.</summary>
public class WindowTests
{
    private const int Rows = 3_000;

    private static readonly DateTime Begin = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Every aggregate, so that every kind of state is saved and restored.</summary>
    private static readonly (string Name, string Text)[] Aggregates =
    [
        ("n", "count(*)"), ("known", "count(v)"), ("total", "sum(v)"), ("mean", "avg(d)"), ("low", "min(v)"), ("high", "max(s)"), ("spread", "stddev(d)"),
        ("kinds", "count(distinct s)"), ("about", "approx_distinct(v)"), ("middle", "median(v)"), ("some", "bool_or(f)"), ("large", "sum(v) filter (where v > 50)"),
        ("begin", "first(s)"), ("end", "last(d)"), ("newest", "last(v order by at)"), ("top", "first(s order by d desc)"),
    ];

    public static TheoryData<string> Windows => new("tumbling", "sliding", "session");

    [Theory]
    [MemberData(nameof(Windows))]
    public void Batches_and_saved_state_make_no_difference(string kind)
    {
        using var input = RandomRows(7);
        var whole = Run(CreateStage(kind), [input.Share()], saveEvery: 0);
        for (var seed = 0; seed < 4; seed++) Assert.Equal(whole, Run(CreateStage(kind), Cut(input, seed), saveEvery: seed));
        Assert.Contains(whole, row => row.Contains("late", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Windows_and_late_rows_are_those_of_the_reference(string kind)
    {
        using var input = RandomRows(11);
        var stage = CreateStage(kind);
        stage.Aggregates = [new OrderedMapEntry<ExpressionText>("n", new ExpressionText("count(*)"), null), new OrderedMapEntry<ExpressionText>("total", new ExpressionText("sum(v)"), null)];
        var (expected, late) = WindowReference.Compute(input, stage.Window!);
        using var result = StageRunner.Run(stage, [input.Share()]);
        Assert.Equal(expected.Order(StringComparer.Ordinal), result.Rows().Order(StringComparer.Ordinal));
        Assert.Equal(late, result.Quarantined.Count(row => row.Reason == QuarantineReasons.Late));
    }

    [Fact]
    public void Closed_windows_are_emitted_before_the_input_ends_and_forgotten()
    {
        var bound = CreateStage("tumbling").Bind(Row(0, "a").Schema, StageRunner.DefaultContext);
        var worker = bound.CreateWorker();
        var output = new CollectingOutput(bound.OutputSchemas);
        for (var hour = 0; hour < 20_000; hour++) worker.Process(Row(hour * 60, $"k{hour}"), output);
        using var result = output.ToResult();
        Assert.Equal(19_998, result.Rows().Count);
        var stream = new MemoryStream();
        worker.SaveState(new StateWriter(stream), whole: true);
        Assert.InRange(stream.Length, 0, 10_000);
    }

    [Fact]
    public void Late_rows_are_dropped_or_fail_when_that_is_asked_for()
    {
        var dropping = CreateStage("tumbling");
        dropping.Window!.Late = LateRows.Drop;
        using var result = StageRunner.Run(dropping, [Row(1000, "a"), Row(1, "a")]);
        Assert.Equal(1, result.Ledger.Filtered);
        var failing = CreateStage("tumbling");
        failing.Window!.Late = LateRows.Fail;
        Assert.Contains("late", Assert.Throws<DataMeshException>(() => StageRunner.Run(failing, [Row(1000, "a"), Row(1, "a")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_without_an_event_time_go_to_quarantine()
    {
        var rows = JsonRows.Parse("""{"at":"2024-01-01T00:00:00Z","k":"a","v":1,"d":1.5,"s":"x","f":true} {"at":null,"k":"a","v":1,"d":1.5,"s":"x","f":true}""");
        using var result = StageRunner.Run(CreateStage("tumbling"), [rows]);
        Assert.Equal("window.on", Assert.Single(result.Quarantined).Rule);
        Assert.Single(result.Rows());
    }

    [Fact]
    public void Open_windows_are_kept_at_the_end_of_a_run_that_is_not_the_last()
    {
        var stage = CreateStage("tumbling");
        var endless = stage.Bind(Row(0, "a").Schema, StageRunner.DefaultContext.For(isEndless: true));
        using var kept = StageRunner.Run(stage, endless, [[Row(0, "a")]]);
        Assert.Empty(kept.Rows());
        stage.Window!.AtEnd = OpenWindows.Emit;
        using var emitted = StageRunner.Run(stage, stage.Bind(Row(0, "a").Schema, StageRunner.DefaultContext.For(isEndless: true)), [[Row(0, "a")]]);
        Assert.Single(emitted.Rows());
    }

    [Theory]
    [InlineData("k", "windows need")]
    [InlineData("nowhere", "nowhere")]
    public void What_is_no_time_is_refused(string on, string message)
    {
        var stage = CreateStage("tumbling");
        stage.Window!.On = new ExpressionText(on);
        Assert.Contains(message, StageTest.BindError(stage, Row(0, "a").Schema).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_kind_of_window_is_needed_and_of_a_sensible_length()
    {
        var none = new AggregateStage { Window = new WindowOptions { On = new ExpressionText("cast(at as timestamp)") } };
        StageTest.BindError(none, Row(0, "a").Schema);
        none.Window.Sliding = new SlidingWindow { Size = TimeSpan.FromHours(1), Every = TimeSpan.FromHours(2) };
        StageTest.BindError(none, Row(0, "a").Schema);
        none.Window.Sliding = new SlidingWindow { Size = TimeSpan.FromDays(1), Every = TimeSpan.FromSeconds(1) };
        StageTest.BindError(none, Row(0, "a").Schema);
    }

    private static AggregateStage CreateStage(string kind)
    {
        var window = new WindowOptions { On = new ExpressionText("cast(at as timestamp)"), Lateness = TimeSpan.FromMinutes(20) };
        if (kind == "tumbling") window.Tumbling = TimeSpan.FromHours(1);
        else if (kind == "sliding") window.Sliding = new SlidingWindow { Size = TimeSpan.FromHours(1), Every = TimeSpan.FromMinutes(25) };
        else window.Session = new SessionWindow { Gap = TimeSpan.FromMinutes(12) };
        return new AggregateStage
        {
            GroupBy = [new ExpressionText("k")],
            Aggregates = [.. Aggregates.Select(each => new OrderedMapEntry<ExpressionText>(each.Name, new ExpressionText(each.Text), null))],
            Window = window,
        };
    }

    private static RecordBatch Row(int minutes, string key) => JsonRows.Parse(
        $$"""{"at":"{{Begin.AddMinutes(minutes):yyyy-MM-dd'T'HH:mm:ss'Z'}}","k":"{{key}}","v":1,"d":1.5,"s":"x","f":true}""");

    /// <summary>Rows whose times go forward and back, some of them far back.</summary>
    private static RecordBatch RandomRows(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var i = 0; i < Rows; i++)
        {
            var at = Begin.AddSeconds(i * 20 + random.Next(-1500, 600) - (random.Next(50) == 0 ? 8000 : 0));
            var (value, flag) = (random.Next(10) == 0 ? "null" : random.Next(100).ToString(CultureInfo.InvariantCulture), random.Next(2) == 0 ? "true" : "false");
            text.Append(CultureInfo.InvariantCulture, $$"""{"at":"{{at:yyyy-MM-dd'T'HH:mm:ss'Z'}}","k":"{{(char)('a' + random.Next(6))}}","v":{{value}},"d":{{random.Next(1000)}}.25,"s":"s{{random.Next(30)}}","f":{{flag}}}""").Append('\n');
        }

        return JsonRows.Parse(text.ToString());
    }

    private static List<RecordBatch> Cut(RecordBatch input, int seed)
    {
        var random = new Random(seed);
        var batches = new List<RecordBatch>();
        for (var from = 0; from < input.Length;)
        {
            var count = Math.Min(input.Length - from, random.Next(1, 200));
            batches.Add(input.Take([.. Enumerable.Range(from, count)]));
            from += count;
        }

        return batches;
    }

    /// <summary>What comes out and what is set aside, sorted; another worker takes over from saved state after every so many batches.</summary>
    private static List<string> Run(AggregateStage stage, IReadOnlyList<RecordBatch> batches, int saveEvery)
    {
        var bound = stage.Bind(batches[0].Schema, StageRunner.DefaultContext);
        var output = new CollectingOutput(bound.OutputSchemas);
        var worker = bound.CreateWorker();
        for (var i = 0; i < batches.Count; i++)
        {
            output.CountIn(batches[i].Length);
            worker.Process(batches[i], output);
            if (saveEvery > 0 && i % saveEvery == 0) worker = TakeOver(bound, worker);
        }

        worker.Finish(output);
        using var result = output.ToResult();
        Assert.True(result.Ledger.IsClosed, result.Ledger.ToString());
        return [.. result.Rows().Concat(result.Quarantined.Select(row => $"{row.Reason} {row.Row}")).Order(StringComparer.Ordinal)];
    }

    private static StageWorker TakeOver(BoundStage bound, StageWorker worker)
    {
        var stream = new MemoryStream();
        var writer = new StateWriter(stream);
        writer.Raw(StateWriter.Magic);
        worker.SaveState(writer, whole: true);
        writer.Finish(isWhole: true);
        var next = bound.CreateWorker();
        next.RestoreState(new StateReader(stream));
        return next;
    }
}
