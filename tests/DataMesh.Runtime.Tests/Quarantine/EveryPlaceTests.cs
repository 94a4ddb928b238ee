using System.Text;
using DataMesh.Core;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Quarantine;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Tests.Runs;

namespace DataMesh.Runtime.Tests.Quarantine;

/// <summary>Every place where a record can go wrong: it is set aside with its original bytes, reason, stage, rule, position and line.</summary>
public sealed class EveryPlaceTests : IDisposable
{
    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.csv", "n,s\n1,x\n2,\"y\"z\n3,w\n", "2,\"y\"z", "undecodable", "source", null, 8, 3)]
    [InlineData("a.csv", "n,s\n1,x\n2\n3,w\n", "2", "field_count", "source", null, 8, 3)]
    [InlineData("a.csv", "n,s\n1,x\n2,y,z\n3,w\n", "2,y,z", "field_count", "source", null, 8, 3)]
    [InlineData("a.csv", "n,s\n1,x\n2,cast\n3,w\n", "2,cast", "cast_failed", "cast", "c", 8, 3)]
    [InlineData("a.csv", "n,s\n1,x\n200,y\n3,w\n", "200,y", "rule_failed", "validate", "n", 8, 3)]
    [InlineData("a.csv", "n,s\n1,x\n9000000000000000000,y\n3,w\n", "9000000000000000000,y", "expression_failed", "derive", "n * 2", 8, 3)]
    [InlineData("a.csv", "n,s\n1,\"x\ny\"\n2,cast\r\n3,w\n", "2,cast", "cast_failed", "cast", "c", 12, 4)]
    [InlineData("a.ndjson", "{\"n\":1,\"s\":\"x\"}\n{\"n\":2,\"s\":oops}\n{\"n\":3,\"s\":\"w\"}\n", "{\"n\":2,\"s\":oops}", "undecodable", "source", null, 16, 2)]
    [InlineData("a.ndjson", "{\"n\":1,\"s\":\"x\"}\n{\"n\":200,\"s\":\"y\"}\n", "{\"n\":200,\"s\":\"y\"}", "rule_failed", "validate", "n", 16, 2)]
    [InlineData("a.json", "[\n {\"n\":1,\"s\":\"x\"},\n {\"n\":200,\n  \"s\":\"y\"}\n]", "{\"n\":200,\n  \"s\":\"y\"}", "rule_failed", "validate", "n", 21, 3)]
    public async Task A_bad_record_keeps_its_bytes_its_reason_and_its_place(
        string file, string text, string original, string reason, string stage, string? rule, long position, long line)
    {
        _folder.Write($"in/{file}", text);
        var record = await SetAsideAsync(Define());
        Assert.Equal((original, true, reason, stage, rule), (Encoding.UTF8.GetString(record.Record), record.IsWhole, record.Reason, record.Stage, record.Rule));
        Assert.Equal(($"in/{file}", position, line), (record.Source, record.Position, record.Line));
        Assert.Equal(("source", "source"), (record.Form, record.SourceId));
    }

    [Fact]
    public async Task A_value_that_does_not_fit_the_table_is_a_misfit_with_its_place()
    {
        _folder.Write("in/a.csv", "n,s\n1,x\n");
        var definition = Define();
        Assert.Equal(RunOutcome.Completed, (await RunFolder.RunAsync(definition)).Outcome);
        _folder.Write("in/b.csv", "n,s\n2,x\nmany,y\n");
        var record = await SetAsideAsync(definition);
        Assert.Equal(("misfit", "source", "in/b.csv:3"), (record.Reason, record.Stage, record.Where));
        Assert.Contains("'many'", record.Detail);
        var filter = new QuarantineFilter { Column = "n" };
        Assert.True(filter.Matches(record));
        Assert.False((filter with { Column = "s" }).Matches(record));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_kept_as_they_are()
    {
        var bytes = new List<byte>("n,s\n"u8.ToArray());
        for (var i = 0; i < 2000; i++) bytes.AddRange(Encoding.UTF8.GetBytes($"{i % 100},größe\n"));
        bytes.AddRange([(byte)'7', (byte)',', 0xC3, 0x28, (byte)'\n']);
        _folder.Write("in/a.csv", "");
        await File.WriteAllBytesAsync(Path.Combine(_folder.Root, "in", "a.csv"), [.. bytes]);
        var record = await SetAsideAsync(Define("encoding: utf-8"));
        Assert.Equal([(byte)'7', (byte)',', 0xC3, 0x28], record.Record);
        Assert.Equal(("undecodable", 2002L), (record.Reason, record.Line));
    }

    [Fact]
    public async Task A_record_over_the_limit_keeps_its_beginning_and_says_that_it_is_cut()
    {
        _folder.Write("in/a.ndjson", "{\"n\":1,\"s\":\"x\"}\n{\"n\":2,\"s\":\"" + new string('y', Limits.RecordBytesMax) + "\"}\n{\"n\":3,\"s\":\"z\"}\n");
        var record = await SetAsideAsync(Define());
        Assert.Equal(("too_large", false, Limits.QuarantineBytesKeptMax, 2L), (record.Reason, record.IsWhole, record.Record.Length, record.Line));
        Assert.StartsWith("{\"n\":2,", Encoding.UTF8.GetString(record.Record), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_record_that_fails_later_keeps_its_beginning_too()
    {
        _folder.Write("in/a.csv", "n,s\n1,x\n200," + new string('y', 2 * Limits.QuarantineBytesKeptMax) + "\n");
        var record = await SetAsideAsync(Define());
        Assert.Equal(("rule_failed", false, Limits.QuarantineBytesKeptMax), (record.Reason, record.IsWhole, record.Record.Length));
    }

    [Fact]
    public async Task A_value_nested_too_deep_is_set_aside()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100));
        _folder.Write("in/a.ndjson", $"{{\"n\":1,\"s\":\"x\"}}\n{{\"n\":2,\"s\":\"y\",\"t\":{deep}}}\n");
        var record = await SetAsideAsync(Define());
        Assert.Equal(("too_deep", "source", "in/a.ndjson:2", true), (record.Reason, record.Stage, record.Where, record.IsWhole));
    }

    [Fact]
    public async Task Parquet_rows_and_log_lines_are_kept_too()
    {
        _folder.Write("in/a.log", """
            10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.0" 200 2326
            nonsense
            10.0.0.2 - - [10/Oct/2000:13:55:37 -0700] "GET /b HTTP/1.0" 404 12

            """);
        var definition = _folder.Define("""
            pipeline: p
            source: { type: file, path: in/*.log, pattern: common }
            dataset: { name: t }
            """);
        var record = await SetAsideAsync(definition);
        Assert.Equal(("nonsense", "undecodable", 2L), (Encoding.UTF8.GetString(record.Record), record.Reason, record.Line));

        var rows = _folder.Define("""
            pipeline: q
            source: { type: file, path: lake/t/*.parquet }
            stages: [ { validate: { status: "< 400" } } ]
            dataset: { name: u }
            """);
        var row = await SetAsideAsync(rows);
        Assert.Contains("\"status\":404", Encoding.UTF8.GetString(row.Record));
        Assert.Equal(("rule_failed", 1L, null), (row.Reason, row.Position, row.Line));
    }

    private PipelineDefinition Define(string? option = null) => _folder.Define($$"""
        pipeline: p
        source: { type: file, path: in/*{{(option is null ? "" : ", " + option)}} }
        stages:
          - derive: { d: n * 2, c: "case when s = 'cast' then 'x' else '1' end" }
          - cast: { c: int64 }
          - validate: { n: "< 100" }
        dataset: { name: t }
        """);

    private async Task<QuarantinedRecord> SetAsideAsync(PipelineDefinition definition)
    {
        var result = await RunFolder.RunAsync(definition);
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message);
        await QuarantineFolder.ClosedAsync(definition);
        return Assert.Single(await _folder.RecordsAsync(definition));
    }
}
