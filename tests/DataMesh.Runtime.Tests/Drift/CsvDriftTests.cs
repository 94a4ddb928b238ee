using DataMesh.Core.Columns;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Drift;

/// <summary>Whole runs over CSV files whose structure changes, per kind of change and policy.</summary>
public sealed class CsvDriftTests : IDisposable
{
    private readonly DriftFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_column_that_appears_joins_the_table_and_is_told_once_with_its_first_file_and_line()
    {
        _folder.Add("1.csv", "a,b", "1,x", "2,y").Add("2.csv", "a,b,c", "3,z,7").Add("3.csv", "a,b,c", "4,w,8");
        var result = await _folder.DoneAsync();
        Assert.Equal(["ColumnAdded c:  > int64 @ in/2.csv:1 Evolve"], await _folder.ToldAsync());
        Assert.Equal(1, result.DriftEvents);
        Assert.Equal(["""{"a":1,"b":"x","c":null}""", """{"a":2,"b":"y","c":null}""", """{"a":3,"b":"z","c":7}""", """{"a":4,"b":"w","c":8}"""], _folder.Rows());
    }

    [Fact]
    public async Task What_appears_in_a_later_run_is_measured_against_the_manifest()
    {
        _folder.Add("1.csv", "a,b", "1,x");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b,c", "3,z,7").Add("3.csv", "a,b,c", "4,w,8");
        await _folder.DoneAsync();
        _folder.Add("4.csv", "a,b,c", "5,v,9");
        Assert.Equal(0, (await _folder.DoneAsync()).DriftEvents);
        Assert.Equal(["ColumnAdded c:  > int64 @ in/2.csv:1 Evolve"], await _folder.ToldAsync());
        Assert.Equal(4, _folder.Rows().Count);
        Assert.Contains("""{"a":1,"b":"x","c":null}""", _folder.Rows());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_column_that_is_ignored_is_left_out_for_good(bool inOneRun)
    {
        _folder.Drift = "{ overrides: { column_added: ignore } }";
        _folder.Add("1.csv", "a,b", "1,x");
        if (!inOneRun) await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b,c", "3,z,7");
        await _folder.DoneAsync();
        _folder.Add("3.csv", "a,b,c", "4,z,7");
        await _folder.DoneAsync();
        Assert.Equal(["ColumnAdded c:  > int64 @ in/2.csv:1 Ignore"], await _folder.ToldAsync());
        Assert.Equal(["a", "b"], _folder.Schema.Names);
        Assert.Equal(3, _folder.Rows().Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_with_a_value_in_a_new_column_go_to_quarantine(bool inOneRun)
    {
        _folder.Drift = "{ overrides: { column_added: quarantine } }";
        _folder.Add("1.csv", "a,b", "1,x");
        if (!inOneRun) await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b,c", "3,z,7", "4,z,");
        var result = await _folder.DoneAsync();
        Assert.Equal(["ColumnAdded c:  > int64 @ in/2.csv:1 Quarantine"], await _folder.ToldAsync());
        Assert.Equal(["""{"a":1,"b":"x"}""", """{"a":4,"b":"z"}"""], _folder.Rows());
        Assert.Equal([("structural_drift", "column_added: c", "3,z,7")], _folder.Bad());
        Assert.Equal(1, result.Quarantine["structural_drift"]);
    }

    [Theory]
    [InlineData(true, "quarantine", "Quarantine")]
    [InlineData(false, "quarantine", "Quarantine")]
    [InlineData(true, "{ overrides: { column_added: ignore, column_removed: fail } }", "Ignore")]
    [InlineData(false, "{ overrides: { column_added: ignore, column_removed: fail } }", "Ignore")]
    public async Task A_column_that_was_never_taken_in_is_not_missed_when_it_goes(bool inOneRun, string policy, string added)
    {
        _folder.Drift = policy;
        _folder.Add("1.csv", "a,b", "1,x");
        if (!inOneRun) await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b,c", "2,y,7");
        if (!inOneRun) await _folder.DoneAsync();
        _folder.Add("3.csv", "a,b", "3,z").Add("4.csv", "a,b", "4,z");
        await _folder.DoneAsync();
        Assert.Equal([$"ColumnAdded c:  > int64 @ in/2.csv:1 {added}", "ColumnRemoved c: int64 >  @ in/3.csv:1 Ignore"], await _folder.ToldAsync());
        Assert.Equal(added == "Ignore" ? [] : [("structural_drift", "column_added: c", "2,y,7")], _folder.Bad());
        Assert.Equal(added == "Ignore" ? 4 : 3, _folder.Rows().Count);
    }

    [Theory]
    [InlineData("column_added", "a,b,c|3,z,7", "in/2.csv:1: The new column 'c' appeared.")]
    [InlineData("column_removed", "a|3", "in/2.csv:1: The column 'b' is gone.")]
    [InlineData("columns_reordered", "b,a|z,3", "in/2.csv:1: The columns stand in another order.")]
    [InlineData("column_renamed", "a,b_text|3,z", "in/2.csv:1: The column 'b' is gone, and 'b_text' looks like it under a new name.")]
    [InlineData("type_changed", "a,b|3,z|four,z", "in/2.csv:3: The column 'a' changed from int64 to string.")]
    [InlineData("nullability_changed", "a,b|3,z|,z", "in/2.csv:3: The column 'a' has its first value missing.")]
    public async Task A_policy_of_fail_stops_before_anything_of_the_epoch_is_committed(string kind, string file, string message)
    {
        _folder.Drift = $"{{ overrides: {{ {kind}: fail }} }}";
        _folder.Add("1.csv", "a,b", "1,x", "2,y");
        await _folder.DoneAsync();
        _folder.Add("2.csv", file.Split('|'));
        var result = await _folder.RunAsync();
        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.StartsWith(message, result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(2, _folder.Rows().Count);
        Assert.Empty(await _folder.EventsAsync());
        _folder.Drift = "evolve";
        await _folder.DoneAsync();
        Assert.Single(await _folder.EventsAsync());
    }

    [Fact]
    public async Task A_column_that_vanished_is_null_for_the_stages_that_need_it()
    {
        _folder.Stages = "stages: [ derive: { twice: a * 2 } ]";
        _folder.Add("1.csv", "a,b", "1,x");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "b", "y");
        await _folder.DoneAsync();
        Assert.Equal(["ColumnRemoved a: int64 >  @ in/2.csv:1 Evolve"], await _folder.ToldAsync());
        Assert.Contains("""{"a":null,"b":"y","twice":null}""", _folder.Rows());
        _folder.Add("3.csv", "a,b", "3,z");
        await _folder.DoneAsync();
        Assert.Equal("ColumnAdded a:  > int64 @ in/3.csv:1 Evolve", (await _folder.ToldAsync())[1]);
    }

    [Theory]
    [InlineData("column_removed", "b|y|z", "column_removed: a")]
    [InlineData("columns_reordered", "b,a|y,1|z,2", "columns_reordered")]
    public async Task All_records_of_a_file_that_lacks_a_column_or_has_another_order_can_be_set_aside(string kind, string file, string rule)
    {
        _folder.Drift = $"{{ overrides: {{ {kind}: quarantine }} }}";
        _folder.Add("1.csv", "a,b", "1,x").Add("2.csv", file.Split('|')).Add("3.csv", file.Split('|')).Add("4.csv", "a,b", "5,v");
        await _folder.DoneAsync();
        Assert.Equal(2, (await _folder.EventsAsync()).Count);
        Assert.Equal(["""{"a":1,"b":"x"}""", """{"a":5,"b":"v"}"""], _folder.Rows());
        Assert.Equal(Enumerable.Repeat(("structural_drift", rule), 4), _folder.Bad().Select(bad => (bad.Reason, bad.Rule!)));
        Assert.Equal(file.Split('|')[1], _folder.Bad()[0].Record);
    }

    [Fact]
    public async Task What_looks_renamed_is_told_so_and_never_mapped()
    {
        _folder.Add("1.csv", "day,wind", "1,2.5").Add("2.csv", "day,wind_speed", "2,3.5");
        await _folder.DoneAsync();
        Assert.Equal(["ColumnRenamed wind: wind > wind_speed @ in/2.csv:1 Evolve"], await _folder.ToldAsync());
        Assert.Equal(["""{"day":1,"wind":2.5,"wind_speed":null}""", """{"day":2,"wind":null,"wind_speed":3.5}"""], _folder.Rows());
    }

    [Fact]
    public async Task A_renamed_column_that_is_ignored_stays_out()
    {
        _folder.Drift = "{ overrides: { column_renamed: ignore } }";
        _folder.Add("1.csv", "day,wind", "1,2.5").Add("2.csv", "day,wind_speed", "2,3.5");
        await _folder.DoneAsync();
        _folder.Add("3.csv", "day,wind_speed", "3,4.5");
        await _folder.DoneAsync();
        Assert.Single(await _folder.EventsAsync());
        Assert.Equal(["""{"day":1,"wind":2.5}""", """{"day":2,"wind":null}""", """{"day":3,"wind":null}"""], _folder.Rows());
    }

    [Fact]
    public async Task While_a_table_is_made_a_changed_type_widens_its_column()
    {
        _folder.Add("1.csv", "a,b", "1,x").Add("2.csv", "a,b", "2,x", "none,y");
        await _folder.DoneAsync();
        Assert.Equal(["TypeChanged a: int64 > string @ in/2.csv:3 Evolve"], await _folder.ToldAsync());
        Assert.Equal("none", (await _folder.EventsAsync())[0].Evidence);
        Assert.Equal(DataType.String, _folder.Schema[0].Type);
        Assert.Empty(_folder.Bad());
    }

    [Theory]
    [InlineData("evolve")]
    [InlineData("quarantine")]
    public async Task On_a_table_that_exists_a_value_of_another_type_is_set_aside(string policy)
    {
        _folder.Drift = $"{{ overrides: {{ type_changed: {policy} }} }}";
        _folder.Add("1.csv", "a,b", "1,x");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "2,x", "none,y").Add("3.csv", "a,b", "none,z");
        await _folder.DoneAsync();
        _folder.Add("4.csv", "a,b", "none,v");
        await _folder.DoneAsync();
        Assert.Equal(["TypeChanged a: int64 > string @ in/2.csv:3 Quarantine"], await _folder.ToldAsync());
        Assert.Equal(["""{"a":1,"b":"x"}""", """{"a":2,"b":"x"}"""], _folder.Rows());
        Assert.Equal([("misfit", "a", "none,y"), ("misfit", "a", "none,z"), ("misfit", "a", "none,v")], _folder.Bad().OrderBy(bad => bad.Record[5] == 'v' ? 'z' + 1 : bad.Record[5]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_policy_of_quarantine_keeps_the_type_that_the_first_file_set(bool inOneRun)
    {
        _folder.Drift = "{ overrides: { type_changed: quarantine } }";
        _folder.Add("1.csv", "a,b", "1,x");
        if (!inOneRun) await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "2,x", "none,y");
        await _folder.DoneAsync();
        Assert.Equal(DataType.Int64, _folder.Schema[0].Type);
        Assert.Equal(["TypeChanged a: int64 > string @ in/2.csv:3 Quarantine"], await _folder.ToldAsync());
        Assert.Equal([("misfit", "a", "none,y")], _folder.Bad());
    }

    [Theory]
    [InlineData(true, "new_column")]
    [InlineData(false, "new_column")]
    [InlineData(true, "ignore")]
    [InlineData(false, "ignore")]
    public async Task Values_of_another_type_can_go_into_a_column_of_their_own_or_be_left_out(bool inOneRun, string policy)
    {
        _folder.Drift = $"{{ columns: {{ a: {{ type_changed: {policy} }} }} }}";
        _folder.Add("1.csv", "a,b", "1,x");
        if (!inOneRun) await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "2,x", "none,y");
        await _folder.DoneAsync();
        _folder.Add("3.csv", "a,b", "3,x", "few,y");
        await _folder.DoneAsync();
        var told = Assert.Single(await _folder.ToldAsync());
        Assert.Equal($"TypeChanged a: int64 > string @ in/2.csv:3 {(policy == "ignore" ? "Ignore" : "NewColumn")}", told);
        Assert.Empty(_folder.Bad());
        Assert.Equal(DataType.Int64, _folder.Schema[0].Type);
        var rows = _folder.Rows();
        Assert.Equal(5, rows.Count);
        if (policy == "ignore") Assert.Contains("""{"a":null,"b":"y"}""", rows);
        else Assert.Superset(new HashSet<string>(["""{"a":1,"b":"x","a__string":null}""", """{"a":null,"b":"y","a__string":"none"}""", """{"a":null,"b":"y","a__string":"few"}"""]), rows.ToHashSet());
    }

    [Theory]
    [InlineData("new_column", "2024-01-31", "date", "\"2024-01-31\"")]
    [InlineData("ignore", "2024-01-31", "date", "\"2024-01-31\"")]
    [InlineData("new_column", "31.01.2024", "date", "\"2024-01-31\"")]
    [InlineData("new_column", "2024-01-31 10:00:00", "timestamp", "\"2024-01-31T09:00:00Z\"")]
    [InlineData("ignore", "31.01.2024 10:00", "timestamp", "\"2024-01-31T09:00:00Z\"")]
    [InlineData("new_column", "31.01.2024", "date", "\"2024-01-31\"", true)]
    [InlineData("new_column", "true", "bool", "true")]
    [InlineData("new_column", "1.5", "float64", "1.5")]
    public async Task Values_of_every_type_are_told_from_others_as_their_file_writes_them(string policy, string value, string type, string read, bool isFar = false)
    {
        _folder.Drift = $"{{ columns: {{ a: {{ type_changed: {policy} }} }} }}";
        _folder.Source = "timezone: Europe/Oslo";
        _folder.Add("1.csv", "a,b", $"{value},x");
        await _folder.DoneAsync();
        var lines = Enumerable.Repeat($"{value},y", isFar ? 200_000 : 3).ToList();
        _folder.Add("2.csv", ["a,b", .. lines, "soon,z"]);
        await _folder.DoneAsync();
        Assert.Equal([$"TypeChanged a: {type} > string @ in/2.csv:{lines.Count + 2} {(policy == "ignore" ? "Ignore" : "NewColumn")}"], await _folder.ToldAsync());
        Assert.Equal(type, _folder.Schema[0].Type.ToString());
        Assert.Empty(_folder.Bad());
        var rows = _folder.Rows();
        Assert.Equal(lines.Count + 1, rows.Count(row => row.StartsWith($"{{\"a\":{read},", StringComparison.Ordinal)));
        Assert.Single(rows, row => row.StartsWith(policy == "ignore" ? "{\"a\":null,\"b\":\"z\"}" : "{\"a\":null,\"b\":\"z\",\"a__string\":\"soon\"}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_value_far_behind_the_samples_is_found_with_its_line()
    {
        _folder.Add("1.csv", "a,b", "1,x");
        await _folder.DoneAsync();
        var lines = Enumerable.Range(1, 400_000).Select(i => i == 300_000 ? "late,y" : $"{i},y");
        _folder.Add("2.csv", ["a,b", .. lines]);
        await _folder.DoneAsync();
        Assert.Equal(["TypeChanged a: int64 > string @ in/2.csv:300001 Quarantine"], await _folder.ToldAsync());
        Assert.Equal("late", (await _folder.EventsAsync())[0].Evidence);
    }

    [Theory]
    [InlineData(true, "evolve")]
    [InlineData(false, "evolve")]
    [InlineData(true, "quarantine")]
    [InlineData(false, "quarantine")]
    public async Task The_first_null_of_a_column_is_told_and_can_be_set_aside(bool inOneRun, string policy)
    {
        _folder.Drift = $"{{ overrides: {{ nullability_changed: {policy} }} }}";
        _folder.Add("1.csv", "a,b", "1,x", "2,");
        if (!inOneRun) await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "3,x", ",y", "4,");
        await _folder.DoneAsync();
        _folder.Add("3.csv", "a,b", ",z");
        await _folder.DoneAsync();
        Assert.Equal([$"NullabilityChanged a: no nulls > nulls @ in/2.csv:3 {(policy == "evolve" ? "Evolve" : "Quarantine")}"], await _folder.ToldAsync());
        Assert.Equal(policy == "evolve" ? 6 : 4, _folder.Rows().Count);
        Assert.Equal(policy == "evolve" ? [] : [",y", ",z"], _folder.Bad().Select(bad => bad.Record).Order());
    }

    [Fact]
    public async Task A_change_back_is_a_change()
    {
        _folder.Add("1.csv", "a,b", "1,x").Add("2.csv", "a,b,c", "2,x,1").Add("3.csv", "a,b", "3,x").Add("4.csv", "a,b", "n/a,x").Add("5.csv", "a,b", "5,x");
        await _folder.DoneAsync();
        Assert.Equal(
            [
                "ColumnAdded c:  > int64 @ in/2.csv:1 Evolve", "ColumnRemoved c: int64 >  @ in/3.csv:1 Evolve", "TypeChanged a: int64 > string @ in/4.csv:2 Evolve",
                "TypeChanged a: string > int64 @ in/5.csv:1 Evolve",
            ], await _folder.ToldAsync());
    }

    [Fact]
    public async Task A_file_cut_off_in_mid_record_loses_only_that_record_which_is_kept()
    {
        _folder.AddText("1.csv", "a,b\n1,x\n2,y\n").AddText("2.csv", "a,b\n3,x\n4").AddText("3.csv", "a,b\n5,x\n6,\"open");
        await _folder.DoneAsync();
        Assert.Equal(4, _folder.Rows().Count);
        Assert.Equal([("field_count", "4"), ("undecodable", "6,\"open")], _folder.Bad().Select(bad => (bad.Reason, bad.Record)));
        Assert.Empty(await _folder.EventsAsync());
    }

    [Fact]
    public async Task A_type_that_the_pipeline_file_declares_takes_the_place_of_the_pinned_one_and_does_not_drift()
    {
        _folder.Add("1.csv", "a,b", "1,x");
        await _folder.DoneAsync();
        (_folder.Types, _folder.Stages) = ("{ a: string }", "stages: [ { derive: { a: \"replace(a, ' USD', '')\" } }, { cast: { a: int64 } } ]");
        _folder.Add("2.csv", "a,b", "2 USD,y");
        await _folder.DoneAsync();
        Assert.Empty(await _folder.EventsAsync());
        Assert.Equal(["""{"a":1,"b":"x"}""", """{"a":2,"b":"y"}"""], _folder.Rows());
    }

    [Theory]
    [InlineData("{ structural: ignore }", "null")]
    [InlineData("{ columns: { a: { type_changed: new_column } } }", "null")]
    public async Task What_a_column_can_not_take_in_a_later_run_is_counted_again_to_the_same(string drift, string a)
    {
        _folder.Drift = drift;
        _folder.Add("1.csv", "id,a", "1,10", "2,20");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "id,a", "3,abc", "4,40");
        await _folder.DoneAsync();
        Assert.Contains(_folder.Rows(), row => row.StartsWith($$"""{"id":3,"a":{{a}}""", StringComparison.Ordinal));
        Assert.Empty(_folder.Bad());
    }

    [Fact]
    public async Task A_column_that_comes_back_is_no_new_name_of_another()
    {
        _folder.Add("1.csv", "id,a,b", "1,2,3");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "5,6");
        await _folder.DoneAsync();
        _folder.Add("3.csv", "id,b", "7,8");
        await _folder.DoneAsync();
        Assert.DoesNotContain(await _folder.EventsAsync(), told => told.Kind == Core.Drift.DriftKind.ColumnRenamed);
    }
}
