using DataMesh.Core.Columns;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Drift;

/// <summary>Whole runs over NDJSON files whose structure changes: members come record by record, in no order, and nest.</summary>
public sealed class JsonDriftTests : IDisposable
{
    private readonly DriftFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_member_that_appears_joins_the_table_with_the_line_of_its_first_record(bool inOneRun)
    {
        _folder.Add("1.ndjson", """{"a":1}""", """{"a":2}""");
        if (!inOneRun) await _folder.DoneAsync();
        _folder.Add("2.ndjson", """{"a":3}""", """{"b":"x","a":4}""").Add("3.ndjson", """{"a":5,"b":"y"}""");
        await _folder.DoneAsync();
        Assert.Equal(["ColumnAdded b:  > string @ in/2.ndjson:2 Evolve"], await _folder.ToldAsync());
        Assert.Equal(["""{"a":1,"b":null}""", """{"a":2,"b":null}""", """{"a":3,"b":null}""", """{"a":4,"b":"x"}""", """{"a":5,"b":"y"}"""], _folder.Rows());
    }

    [Theory]
    [InlineData("evolve", "Evolve")]
    [InlineData("ignore", "Ignore")]
    [InlineData("quarantine", "Quarantine")]
    public async Task A_member_far_behind_the_samples_of_a_later_file_is_neither_lost_nor_told_twice(string policy, string decision)
    {
        _folder.Drift = $"{{ overrides: {{ column_added: {policy} }} }}";
        _folder.Add("1.ndjson", """{"a":0,"s":"x"}""");
        await _folder.DoneAsync();
        _folder.Add("2.ndjson", Late(1, 200_000, late: 150_000));
        var result = await _folder.DoneAsync();
        Assert.Equal([$"ColumnAdded late:  > int64 @ in/2.ndjson:150000 {decision}"], await _folder.ToldAsync());
        _folder.Add("3.ndjson", Late(1, 200_000, late: 170_000));
        await _folder.DoneAsync();
        Assert.Single(await _folder.EventsAsync());
        Assert.Equal(policy == "evolve", _folder.Schema.Names.Contains("late"));
        Assert.Equal(policy == "quarantine" ? 399_999 : 400_001, _folder.Rows().Count);
        Assert.Equal(policy == "quarantine" ? 1 : 0, result.Quarantine.GetValueOrDefault("structural_drift"));
        if (policy == "evolve") Assert.Contains("""{"a":150000,"s":"some text","late":7}""", _folder.Rows());
    }

    [Fact]
    public async Task A_member_that_no_record_has_any_more_is_gone()
    {
        _folder.Add("1.ndjson", """{"a":1,"b":"x"}""").Add("2.ndjson", """{"a":2}""").Add("3.ndjson", """{"a":3}""").Add("4.ndjson", """{"b":"y","a":4}""");
        await _folder.DoneAsync();
        Assert.Equal(["ColumnRemoved b: string >  @ in/2.ndjson:1 Evolve", "ColumnAdded b:  > string @ in/4.ndjson:1 Evolve"], await _folder.ToldAsync());
        Assert.Contains("""{"a":3,"b":null}""", _folder.Rows());
    }

    [Theory]
    [InlineData("evolve", true)]
    [InlineData("evolve", false)]
    [InlineData("quarantine", true)]
    [InlineData("quarantine", false)]
    public async Task A_member_that_is_nowhere_in_a_large_file_is_told_when_the_file_was_read(string policy, bool inOneRun)
    {
        _folder.Drift = policy;
        _folder.Add("1.ndjson", """{"a":1,"b":"x"}""");
        if (!inOneRun) await _folder.DoneAsync();
        _folder.Add("2.ndjson", Large(null)).Add("3.ndjson", """{"a":3}""").Add("4.ndjson", Large(null));
        await _folder.DoneAsync();
        _folder.Add("5.ndjson", """{"a":5,"b":"y"}""");
        await _folder.DoneAsync();
        var decision = policy == "evolve" ? "Evolve" : "Quarantine";
        Assert.Equal([$"ColumnRemoved b: string >  @ in/2.ndjson:1 {decision}", "ColumnAdded b:  > string @ in/5.ndjson:1 Evolve"], await _folder.ToldAsync());
        Assert.Equal(policy == "evolve" ? (2 * LargeRows) + 3 : 2, _folder.Rows().Count);
    }

    [Fact]
    public async Task A_member_that_comes_late_in_a_large_file_is_not_gone()
    {
        _folder.Add("1.ndjson", """{"a":1,"b":"x"}""").Add("2.ndjson", Large("""{"a":2,"b":"late"}"""));
        await _folder.DoneAsync();
        Assert.Empty(await _folder.ToldAsync());
    }

    [Fact]
    public async Task A_policy_of_fail_stops_before_the_epoch_in_which_a_large_file_ends_without_a_member()
    {
        _folder.Drift = "{ overrides: { column_removed: fail } }";
        _folder.Add("1.ndjson", """{"a":1,"b":"x"}""").Add("2.ndjson", Large(null));
        Assert.Contains("The column 'b' is gone", (await _folder.RunAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evolve", "Evolve")]
    [InlineData("quarantine", "Ignore")] // Its records were set aside for their nulls.
    public async Task A_member_that_is_nowhere_in_a_file_read_in_several_epochs_is_told_at_its_end(string policy, string decision)
    {
        _folder.Drift = policy;
        _folder.Add("1.ndjson", """{"a":1,"b":"x"}""");
        await _folder.DoneAsync();
        _folder.Add("2.ndjson", Large(null)).Add("3.ndjson", Large(null));
        await _folder.DoneAsync(new RunOptions { EpochBytes = 1 });
        Assert.Equal([$"ColumnRemoved b: string >  @ in/2.ndjson:1 {decision}"], (await _folder.ToldAsync()).Where(told => told.StartsWith("ColumnRemoved", StringComparison.Ordinal)));
        Assert.Equal(policy == "evolve" ? (2 * LargeRows) + 1 : 1, _folder.Rows().Count);
    }

    [Fact]
    public async Task Another_order_of_members_is_no_drift()
    {
        _folder.Add("1.ndjson", """{"a":1,"b":"x"}""").Add("2.ndjson", """{"b":"y","a":2}""");
        await _folder.DoneAsync();
        Assert.Empty(await _folder.EventsAsync());
    }

    [Theory]
    [InlineData("evolve")]
    [InlineData("ignore")]
    [InlineData("quarantine")]
    public async Task A_value_that_becomes_an_object_is_one_change_of_shape(string policy)
    {
        _folder.Drift = $"{{ overrides: {{ shape_changed: {policy} }} }}";
        _folder.Add("1.ndjson", """{"id":1,"place":"Oslo"}""");
        await _folder.DoneAsync();
        _folder.Add("2.ndjson", """{"id":2,"place":"Rome"}""", """{"id":3,"place":{"name":"Bern","lat":46.9}}""").Add("3.ndjson", """{"id":4,"place":{"name":"Kyiv","lat":50.4}}""");
        var result = await _folder.DoneAsync();
        var told = await _folder.EventsAsync();
        Assert.All(told, each => Assert.Equal("place", each.Column?.Split('.')[0]));
        Assert.Contains(told, each => each.Kind == Core.Drift.DriftKind.ShapeChanged && each.Split == "in/2.ndjson" && each.Line == 2);
        Assert.Equal(4, _folder.Rows().Count + result.Quarantine.Values.Sum());
        Assert.Contains(_folder.Rows(), row => row.Contains("\"place\":\"Rome\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_in_the_place_of_a_number_is_set_aside_on_a_table_that_exists()
    {
        _folder.Add("1.ndjson", """{"id":1,"n":5}""");
        await _folder.DoneAsync();
        _folder.Add("2.ndjson", """{"id":2,"n":6}""", """{"id":3,"n":[7,8]}""");
        await _folder.DoneAsync();
        Assert.Equal(["ShapeChanged n: int64 > json @ in/2.ndjson:2 Quarantine"], await _folder.ToldAsync());
        Assert.Equal([("misfit", "n", """{"id":3,"n":[7,8]}""")], _folder.Bad());
    }

    [Theory]
    [InlineData("evolve")]
    [InlineData("quarantine")]
    [InlineData("new_column")]
    [InlineData("ignore")]
    public async Task A_text_in_the_place_of_a_number_goes_where_the_policy_says(string policy)
    {
        _folder.Drift = $"{{ overrides: {{ type_changed: {policy} }} }}";
        _folder.Add("1.ndjson", """{"id":1,"n":5}""");
        await _folder.DoneAsync();
        _folder.Add("2.ndjson", """{"id":2,"n":6}""", """{"id":3,"n":"six"}""");
        await _folder.DoneAsync();
        var drift = Assert.Single(await _folder.EventsAsync());
        Assert.Equal((Core.Drift.DriftKind.TypeChanged, 2L), (drift.Kind, drift.Line));
        var bad = policy is "evolve" or "quarantine";
        Assert.Equal(bad ? 1 : 0, _folder.Bad().Count);
        Assert.Equal(bad ? 2 : 3, _folder.Rows().Count);
        if (policy == "new_column") Assert.Contains("""{"id":3,"n":null,"n__string":"six"}""", _folder.Rows());
        if (policy == "ignore") Assert.Contains("""{"id":3,"n":null}""", _folder.Rows());
    }

    [Theory]
    [InlineData("new_column")]
    [InlineData("ignore")]
    public async Task A_text_in_the_place_of_a_time_goes_where_the_policy_says(string policy)
    {
        _folder.Drift = $"{{ overrides: {{ type_changed: {policy} }} }}";
        _folder.Source = "timezone: Europe/Oslo";
        _folder.Add("1.ndjson", """{"at":"2024-01-31 10:00:00","day":"2024-01-31"}""");
        await _folder.DoneAsync();
        _folder.Add("2.ndjson", """{"at":"2024-01-31 10:00:00","day":"soon"}""", """{"at":"soon","day":"2024-02-01"}""");
        await _folder.DoneAsync();
        Assert.Empty(_folder.Bad());
        Assert.Equal(["timestamp", "date"], _folder.Schema.Take(2).Select(field => field.Type.ToString()));
        var more = policy == "ignore" ? ("", "") : (",\"at__string\":null,\"day__string\":\"soon\"", ",\"at__string\":\"soon\",\"day__string\":null");
        Assert.Contains($"{{\"at\":\"2024-01-31T09:00:00Z\",\"day\":null{more.Item1}}}", _folder.Rows());
        Assert.Contains($"{{\"at\":null,\"day\":\"2024-02-01\"{more.Item2}}}", _folder.Rows());
    }

    [Theory]
    [InlineData("column_added", """{"a":2,"b":1}""", "The new column 'b' appeared.")]
    [InlineData("column_removed", """{"c":2}""", "The column 'a' is gone.")]
    [InlineData("type_changed", """{"a":"two","c":1}""", "The column 'a' changed from int64 to string.")]
    [InlineData("nullability_changed", """{"a":null,"c":1}""", "The column 'a' has its first value missing.")]
    public async Task A_policy_of_fail_names_the_line(string kind, string record, string message)
    {
        _folder.Drift = $"{{ overrides: {{ {kind}: fail }} }}";
        _folder.Add("1.ndjson", """{"a":1,"c":1}""", """{"a":2,"c":1}""");
        await _folder.DoneAsync();
        string[] before = kind == "column_removed" ? [] : ["""{"a":1,"c":1}"""];
        _folder.Add("2.ndjson", [.. before, record]);
        var result = await _folder.RunAsync();
        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.StartsWith($"in/2.ndjson:{before.Length + 1}: {message}", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(2, _folder.Rows().Count);
    }

    [Fact]
    public async Task A_line_cut_off_in_mid_record_is_kept_in_quarantine()
    {
        _folder.AddText("1.ndjson", "{\"a\":1}\n{\"a\":2}\n").AddText("2.ndjson", "{\"a\":3}\n{\"a\":4,\"b");
        await _folder.DoneAsync();
        Assert.Equal(3, _folder.Rows().Count);
        Assert.Equal([("undecodable", "{\"a\":4,\"b")], _folder.Bad().Select(bad => (bad.Reason, bad.Record)));
    }

    [Fact]
    public async Task What_made_the_creating_run_start_over_is_still_told()
    {
        _folder.Add("1.ndjson", Late(1, 60_000, 0)).Add("2.ndjson", Late(1, 60_000, 0)).Add("3.ndjson", [.. Late(1, 60_000, 0), """{"a":"none","s":"x"}""", """{"a":1,"s":"x"}"""]);
        var result = await _folder.DoneAsync(new RunOptions { EpochBytes = 1 << 20 });
        Assert.Equal(["TypeChanged a: int64 > string @ in/3.ndjson:60001 Evolve"], await _folder.ToldAsync());
        Assert.Equal(DataType.String, _folder.Schema[0].Type);
        Assert.Equal(180_002, _folder.Rows().Count);
        Assert.Equal(1, result.DriftEvents);
    }

    private static string[] Late(int from, int count, int late) =>
        [.. Enumerable.Range(from, count).Select(i => i == late ? $$"""{"a":{{i}},"s":"some text","late":7}""" : $$"""{"a":{{i}},"s":"some text"}""")];

    [Theory]
    [InlineData("{ structural: ignore }")]
    [InlineData("{ columns: { a: { type_changed: new_column } } }")]
    public async Task What_a_column_can_not_take_in_a_later_run_is_counted_again_to_the_same(string drift)
    {
        _folder.Drift = drift;
        _folder.Add("1.ndjson", """{"id":1,"a":10}""", """{"id":2,"a":20}""");
        await _folder.DoneAsync();
        _folder.Add("2.ndjson", """{"id":3,"a":"abc"}""", """{"id":4,"a":40}""");
        await _folder.DoneAsync();
        Assert.Contains(_folder.Rows(), row => row.StartsWith("""{"id":3,"a":null""", StringComparison.Ordinal));
        Assert.Empty(_folder.Bad());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_in_a_column_of_plain_values_is_left_out_where_the_policy_ignores_it(bool inOneRun)
    {
        _folder.Drift = "{ structural: ignore }";
        _folder.Add("1.ndjson", """{"id":1,"a":10}""", """{"id":2,"a":20}""");
        if (!inOneRun) await _folder.DoneAsync();
        _folder.Add("2.ndjson", """{"id":3,"a":{"k":1}}""", """{"id":4,"a":40}""");
        await _folder.DoneAsync();
        Assert.Equal(["""{"id":1,"a":10}""", """{"id":2,"a":20}""", """{"id":3,"a":null}""", """{"id":4,"a":40}"""], _folder.Rows());
        Assert.Empty(_folder.Bad());
        Assert.All(await _folder.EventsAsync(), told => Assert.Equal(Core.Pipelines.DriftAction.Ignore, told.Decision));
    }

    [Fact]
    public async Task A_name_that_holds_the_words_of_one_that_went_looks_like_it()
    {
        _folder.Add("1.ndjson", """{"id":1,"a":10,"b":"x","c":1.5}""").Add("2.ndjson", """{"id":3,"a_new":30,"b":"z","c":3.5}""");
        await _folder.DoneAsync();
        Assert.Equal(["ColumnRenamed a: a > a_new @ in/2.ndjson:1 Evolve"], await _folder.ToldAsync());
    }

    private const int LargeRows = 120_000;

    /// <summary>Records that the sample of a file's head does not reach to the end of.</summary>
    private static string[] Large(string? last) => [.. Enumerable.Range(0, last is null ? LargeRows : LargeRows - 1).Select(i => $$"""{"a":{{i}}         }"""), .. last is null ? Array.Empty<string>() : [last]];
}
