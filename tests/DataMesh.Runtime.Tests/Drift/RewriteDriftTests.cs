using DataMesh.Core.Columns;
using DataMesh.Formats.Delta;
using DataMesh.Runtime.Quarantine;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Drift;

/// <summary>The policy <c>rewrite</c>: a column of a table that exists becomes wider, with all rows that are there.</summary>
public sealed class RewriteDriftTests : IDisposable
{
    private readonly DriftFolder _folder = new() { Drift = "{ overrides: { type_changed: rewrite } }" };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1", "1.5", "int64", "float64", "1", "1.5")]
    [InlineData("1", "few", "int64", "string", "\"1\"", "\"few\"")]
    [InlineData("1.5", "few", "float64", "string", "\"1.5\"", "\"few\"")]
    [InlineData("true", "few", "bool", "string", "\"true\"", "\"few\"")]
    [InlineData("2024-01-31", "2024-02-01T10:00:00Z", "date", "timestamp", "\"2024-01-31T00:00:00Z\"", "\"2024-02-01T10:00:00Z\"")]
    [InlineData("2024-01-31", "soon", "date", "string", "\"2024-01-31\"", "\"soon\"")]
    [InlineData("2024-01-31T10:00:00Z", "soon", "timestamp", "string", "\"2024-01-31T10:00:00Z\"", "\"soon\"")]
    public async Task The_table_is_written_again_and_older_versions_stay_as_they_were(string first, string later, string was, string now, string firstRow, string laterRow)
    {
        _folder.Add("1.csv", "a,b", $"{first},x");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", $"{first},y", $"{later},z");
        await _folder.DoneAsync();
        Assert.Equal([$"TypeChanged a: {was} > {now} @ in/2.csv:3 Rewrite"], await _folder.ToldAsync());
        Assert.Equal(now, _folder.Schema[0].Type.ToString());
        Assert.Equal([$$"""{"a":{{firstRow}},"b":"x"}""", $$"""{"a":{{firstRow}},"b":"y"}""", $$"""{"a":{{laterRow}},"b":"z"}"""], _folder.Rows().Order(StringComparer.Ordinal).OrderBy(row => row[^3]));
        Assert.Empty(_folder.Bad());
        // The table, its wider self, the epoch.
        Assert.Equal(2, _folder.Table.Version);
        Assert.Equal(was, DeltaTable.Open(_folder.Table.Path, 0).Schema[0].Type.ToString());

        _folder.Add("3.csv", "a,b", $"{first},w", $"{later},v");
        await _folder.DoneAsync();
        Assert.Single(await _folder.ToldAsync());
        Assert.Equal((5, 3L), (_folder.Rows().Count, _folder.Table.Version));
    }

    [Fact]
    public async Task Members_of_JSON_become_wider_and_objects_among_them_are_set_aside()
    {
        _folder.Add("1.ndjson", "{\"a\":1,\"b\":true}");
        await _folder.DoneAsync();
        _folder.Add("2.ndjson", "{\"a\":\"few\",\"b\":false}", "{\"a\":2,\"b\":[1]}");
        await _folder.DoneAsync();
        Assert.Equal(["TypeChanged a: int64 > string @ in/2.ndjson:1 Rewrite", "ShapeChanged b: bool > json @ in/2.ndjson:2 Quarantine"], await _folder.ToldAsync());
        Assert.Equal(["string", "bool"], _folder.Schema.Select(field => field.Type.ToString()));
        Assert.Equal(["{\"a\":\"1\",\"b\":true}", "{\"a\":\"few\",\"b\":false}"], _folder.Rows());
        Assert.Equal("misfit", Assert.Single(_folder.Bad()).Reason);
    }

    [Fact]
    public async Task Records_that_were_set_aside_come_home_once_the_policy_lets_them()
    {
        _folder.Drift = "evolve";
        _folder.Add("1.csv", "a,b", "1,x");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "2,y", "few,z");
        await _folder.DoneAsync();
        Assert.Single(_folder.Bad());
        _folder.Drift = "{ overrides: { type_changed: rewrite } }";
        await _folder.DoneAsync(new RunOptions { Settle = new SettleRequest(new QuarantineFilter(), IsReplay: true) });
        Assert.Equal(["{\"a\":\"1\",\"b\":\"x\"}", "{\"a\":\"2\",\"b\":\"y\"}", "{\"a\":\"few\",\"b\":\"z\"}"], _folder.Rows());
        _folder.Add("3.csv", "a,b", "3,w");
        await _folder.DoneAsync();
        Assert.Equal(4, _folder.Rows().Count);
    }

    [Fact]
    public async Task Integers_that_doubles_do_not_hold_become_text()
    {
        _folder.Add("1.csv", "a,b", "9007199254740993,x");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "1.5,z");
        await _folder.DoneAsync();
        Assert.Equal(["""{"a":"1.5","b":"z"}""", """{"a":"9007199254740993","b":"x"}"""], _folder.Rows());
        _folder.Add("3.csv", "a,b", "2.5,z");
        await _folder.DoneAsync();
        Assert.Equal(DataType.String, _folder.Schema[0].Type);
        Assert.Equal(3, _folder.Rows().Count);
    }

    [Fact]
    public async Task Columns_that_are_made_of_the_retyped_one_become_wider_too_and_others_stay()
    {
        _folder.Stages = "stages:\n  - derive: { twice: a * 2, n: length(b) }";
        _folder.Add("1.csv", "a,b", "1,x");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "1.5,z");
        await _folder.DoneAsync();
        Assert.Equal(["float64", "string", "float64", "int64"], _folder.Schema.Select(field => field.Type.ToString()));
        Assert.Equal(["""{"a":1,"b":"x","twice":2,"n":1}""", """{"a":1.5,"b":"z","twice":3,"n":1}"""], _folder.Rows());
    }

    [Fact]
    public async Task Where_a_stage_does_not_fit_the_wider_type_records_are_set_aside()
    {
        _folder.Stages = "stages:\n  - derive: { twice: a * 2 }";
        _folder.Add("1.csv", "a,b", "1,x");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "2,y", "few,z");
        var result = await _folder.DoneAsync();
        Assert.Equal(["TypeChanged a: int64 > string @ in/2.csv:3 Quarantine"], await _folder.ToldAsync());
        Assert.Contains(result.Messages, message => message.StartsWith("Column 'a' stays what it is", StringComparison.Ordinal));
        Assert.Equal(("misfit", "few,z"), (_folder.Bad()[0].Reason, _folder.Bad()[0].Record));
        Assert.Equal(2, _folder.Rows().Count);
    }

    [Fact]
    public async Task Where_kept_state_is_of_the_narrower_type_records_are_set_aside()
    {
        _folder.Stages = "stages:\n  - deduplicate: { keys: [a] }";
        _folder.Add("1.csv", "a,b", "1,x");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "1,y", "few,z");
        await _folder.DoneAsync();
        Assert.Equal(["TypeChanged a: int64 > string @ in/2.csv:3 Quarantine"], await _folder.ToldAsync());
        Assert.Equal("misfit", Assert.Single(_folder.Bad()).Reason);
        Assert.Equal(["""{"a":1,"b":"x"}"""], _folder.Rows());
    }

    [Fact]
    public async Task Partition_columns_keep_their_type()
    {
        _folder.Sink = "dataset: { name: t, partition_by: [a] }";
        _folder.Add("1.csv", "a,b", "1,x");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b", "2,y", "few,z");
        await _folder.DoneAsync();
        Assert.Equal(DataType.Int64, _folder.Schema.First(field => field.Name == "a").Type);
        Assert.Equal(2, _folder.Rows().Count);
        Assert.Equal("misfit", Assert.Single(_folder.Bad()).Reason);
    }

    [Fact]
    public async Task While_the_table_is_made_types_widen_without_it()
    {
        _folder.Add("1.csv", "a,b", "1,x");
        _folder.Add("2.csv", "a,b", "few,z");
        await _folder.DoneAsync(new RunOptions { EpochBytes = 1 });
        Assert.Equal(["TypeChanged a: int64 > string @ in/2.csv:2 Evolve"], await _folder.ToldAsync());
        Assert.Equal(DataType.String, _folder.Schema[0].Type);
        Assert.Empty(_folder.Bad());
    }

    [Fact]
    public async Task Several_columns_and_epochs_of_one_run_each_write_the_table_again_once()
    {
        _folder.Add("1.csv", "a,b,c", "1,1,1");
        await _folder.DoneAsync();
        _folder.Add("2.csv", "a,b,c", "few,2,2.5");
        _folder.Add("3.csv", "a,b,c", "3,few,3");
        _folder.Add("4.csv", "a,b,c", "4,more,many");
        await _folder.DoneAsync(new RunOptions { EpochBytes = 1 });
        Assert.All(_folder.Schema, field => Assert.Equal(DataType.String, field.Type));
        Assert.Equal(4, _folder.Rows().Count);
        Assert.Contains("""{"a":"few","b":"2","c":"2.5"}""", _folder.Rows());
        Assert.Empty(_folder.Bad());
    }
}
