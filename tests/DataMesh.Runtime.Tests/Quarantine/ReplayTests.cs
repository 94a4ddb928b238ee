using System.Text;
using DataMesh.Runtime.Quarantine;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Tests.Runs;

namespace DataMesh.Runtime.Tests.Quarantine;

public sealed class ReplayTests : IDisposable
{
    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Records_come_home_by_the_pipeline_as_it_is_now_even_when_the_file_is_gone()
    {
        _folder.Write("in/a.csv", "id,when,price\n1,31.12.2024,5\n2,30.12.2024,n/a\n3,29.12.2024,\"7\"\n4,28.12.2024,n/a\n");
        const string Before = """
            pipeline: p
            source: { type: file, path: in/*.csv, types: { price: int64 } }
            dataset: { name: t }
            """;
        await _folder.RunAsync(Before);
        Assert.Equal(2, (await _folder.RecordsAsync(_folder.Define(Before))).Count);
        File.Delete(Path.Combine(_folder.Root, "in", "a.csv"));
        var now = _folder.Define(Before.Replace("types:", "null_values: [n/a], types:", StringComparison.Ordinal));
        var result = await QuarantineFolder.ReplayAsync(now);
        Assert.Equal((2, 1), (result.Settled!.Records, result.Epochs));
        Assert.Equal(
            ["""{"id":1,"when":"2024-12-31","price":5}""", """{"id":2,"when":"2024-12-30","price":null}""", """{"id":3,"when":"2024-12-29","price":7}""", """{"id":4,"when":"2024-12-28","price":null}"""],
            _folder.Rows("t").Order(StringComparer.Ordinal));
        Assert.Empty(await _folder.RecordsAsync(now));
        var report = await QuarantineFolder.ClosedAsync(now);
        Assert.Equal((2, 2, 0, 0), (report.Quarantined, report.Replayed, report.Discarded, report.Waiting));
        Assert.Equal(RunOutcome.NothingNew, (await QuarantineFolder.ReplayAsync(now)).Outcome);
    }

    [Fact]
    public async Task What_fails_again_waits_in_a_new_part_and_still_knows_its_place()
    {
        _folder.Write("in/a.csv", "n,s\n1,x\n2,\"a\nb\"\n300,\"c\nd\"\n4,broken\"\n500,y\n");
        const string Yaml = """
            pipeline: p
            source: { type: file, path: in/*.csv }
            stages: [ { validate: { n: "< 100" } } ]
            dataset: { name: t }
            """;
        await _folder.RunAsync(Yaml);
        var before = await _folder.RecordsAsync(_folder.Define(Yaml));
        var now = _folder.Define(Yaml.Replace("< 100", "< 400", StringComparison.Ordinal));
        var result = await QuarantineFolder.ReplayAsync(now);
        Assert.Equal(before.Count, result.Settled!.Records);
        var after = await _folder.RecordsAsync(now);
        Assert.Equal(before.Where(record => record.Reason == "undecodable" || Encoding.UTF8.GetString(record.Record).StartsWith('5')).Select(Place), after.Select(Place));
        Assert.Contains("""{"n":300,"s":"c\nd"}""", _folder.Rows("t"));
        await QuarantineFolder.ClosedAsync(now);

        static (string, string, string?, long?, long?) Place(QuarantinedRecord record) =>
            (Encoding.UTF8.GetString(record.Record), record.Reason, record.Source, record.Position, record.Line);
    }

    [Fact]
    public async Task A_replay_in_which_every_record_fails_again_as_it_did_commits_nothing()
    {
        _folder.Write("in/a.csv", "n,s\n1,x\n200,y\n500,z\n");
        const string Yaml = """
            pipeline: p
            source: { type: file, path: in/*.csv }
            stages: [ { id: v, validate: { n: "< 100" } } ]
            dataset: { name: t }
            """;
        await _folder.RunAsync(Yaml);
        var now = _folder.Define(Yaml);
        var before = await _folder.RecordsAsync(now);
        for (var i = 0; i < 2; i++)
        {
            var result = await QuarantineFolder.ReplayAsync(now);
            Assert.Equal((RunOutcome.NothingNew, 0L, 0), (result.Outcome, result.Settled!.Records, result.Epochs));
            Assert.Equal(2, result.Settled.LeftOut["they fail again as they did"]);
        }

        Assert.Equal(before, await _folder.RecordsAsync(now), (a, b) => (a.Part, a.Row) == (b.Part, b.Row));
        Assert.Equal(0, _folder.Table("t").Version);
        Assert.Equal(0, (await QuarantineFolder.ClosedAsync(now)).Replayed);

        // One comes home: an epoch. Then the other one fails as it did, once more.
        var wider = _folder.Define(Yaml.Replace("< 100", "< 300", StringComparison.Ordinal));
        Assert.Equal((RunOutcome.Completed, 2L), (await QuarantineFolder.ReplayAsync(wider) is var some ? (some.Outcome, some.Settled!.Records) : default));
        Assert.Equal(RunOutcome.NothingNew, (await QuarantineFolder.ReplayAsync(wider)).Outcome);
        Assert.Equal(1, _folder.Table("t").Version);

        // It fails for another reason: that is worth knowing.
        var other = _folder.Define(Yaml.Replace("id: v, validate", "id: w, validate", StringComparison.Ordinal));
        Assert.Equal(RunOutcome.Completed, (await QuarantineFolder.ReplayAsync(other)).Outcome);
        Assert.Equal("w", Assert.Single(await _folder.RecordsAsync(other)).Stage);
        Assert.Equal((RunOutcome.NothingNew, 2L), ((await QuarantineFolder.ReplayAsync(other)).Outcome, _folder.Table("t").Version));
    }

    [Fact]
    public async Task A_row_whose_siblings_have_gone_on_comes_back_alone()
    {
        _folder.Write("in/a.ndjson", "{\"id\":1,\"v\":[1,200,3]}\n{\"id\":2,\"v\":[4,500]}\n");
        const string Yaml = """
            pipeline: p
            source: { type: file, path: in/*.ndjson }
            stages:
              - explode: { column: v, type: int64 }
              - validate: { v: "< 100" }
            dataset: { name: t }
            """;
        await _folder.RunAsync(Yaml);
        var bad = await _folder.RecordsAsync(_folder.Define(Yaml));
        Assert.All(bad, record => Assert.Equal("row", record.Form));
        Assert.Equal("""{"id":1,"v":[1,200,3]}""", Encoding.UTF8.GetString(bad[0].Record));
        Assert.Equal("""{"id":1,"v":200}""", bad[0].Values);
        var now = _folder.Define(Yaml.Replace("< 100", "< 300", StringComparison.Ordinal));
        await QuarantineFolder.ReplayAsync(now);
        Assert.Equal([1, 3, 4, 200], _folder.Rows("t").Select(V).Order());
        var left = Assert.Single(await _folder.RecordsAsync(now));
        Assert.Equal(("""{"id":2,"v":500}""", """{"id":2,"v":[4,500]}""", "in/a.ndjson:2"), (left.Values, Encoding.UTF8.GetString(left.Record), left.Where));
        await QuarantineFolder.ReplayAsync(_folder.Define(Yaml.Replace("< 100", "< 1000", StringComparison.Ordinal)));
        Assert.Equal(5, _folder.Rows("t").Count);
        await QuarantineFolder.ClosedAsync(now);

        static int V(string row) => int.Parse(row.AsSpan(row.LastIndexOf(':') + 1).TrimEnd('}'), null);
    }

    [Fact]
    public async Task A_record_that_went_two_ways_comes_back_on_the_one_that_refused_it()
    {
        _folder.Write("in/a.csv", "n\n1\n2\n30\n");
        const string Yaml = """
            pipeline: p
            source: { type: file, path: in/*.csv }
            stages:
              - { id: all, from: source, derive: { twice: n * 2 } }
              - { id: small, from: source, validate: { n: "< 10" } }
            datasets:
              - { name: t, from: all }
              - { name: u, from: small }
            """;
        await _folder.RunAsync(Yaml);
        var now = _folder.Define(Yaml.Replace("< 10", "< 100", StringComparison.Ordinal));
        await QuarantineFolder.ReplayAsync(now);
        Assert.Equal(3, _folder.Rows("t").Count);
        Assert.Equal(["""{"n":1}""", """{"n":2}""", """{"n":30}"""], _folder.Rows("u").Order(StringComparer.Ordinal));
        await QuarantineFolder.ClosedAsync(now);
    }

    [Fact]
    public async Task A_record_that_deduplicate_has_seen_is_no_repeat_of_itself()
    {
        _folder.Write("in/a.csv", "k,n\na,1\nb,200\nb,3\n");
        const string Yaml = """
            pipeline: p
            source: { type: file, path: in/*.csv }
            stages:
              - deduplicate: [k]
              - validate: { n: "< 100" }
            dataset: { name: t }
            """;
        await _folder.RunAsync(Yaml);
        var now = _folder.Define(Yaml.Replace("< 100", "< 1000", StringComparison.Ordinal));
        Assert.Equal("row", Assert.Single(await _folder.RecordsAsync(now)).Form);
        await QuarantineFolder.ReplayAsync(now);
        Assert.Equal(["""{"k":"a","n":1}""", """{"k":"b","n":200}"""], _folder.Rows("t").Order(StringComparer.Ordinal));
        await QuarantineFolder.ClosedAsync(now);
    }

    [Fact]
    public async Task Json_log_lines_and_parquet_rows_are_decoded_again()
    {
        _folder.Write("in/a.json", "[ {\"n\":200,\n \"t\":{\"x\":\"é\"}}, {\"n\":1,\"t\":{\"x\":\"y\"}} ]");
        const string Yaml = """
            pipeline: p
            source: { type: file, path: in/*.json }
            stages: [ { validate: { n: "< 100" } } ]
            dataset: { name: t }
            """;
        await _folder.RunAsync(Yaml);
        await QuarantineFolder.ReplayAsync(_folder.Define(Yaml.Replace("< 100", "< 1000", StringComparison.Ordinal)));
        Assert.Equal(["""{"n":1,"t.x":"y"}""", """{"n":200,"t.x":"é"}"""], _folder.Rows("t").Order(StringComparer.Ordinal));
        const string Rows = """
            pipeline: q
            source: { type: file, path: lake/t/*.parquet }
            stages: [ { validate: { n: "< 100" } } ]
            dataset: { name: u }
            """;
        await _folder.RunAsync(Rows);
        await QuarantineFolder.ReplayAsync(_folder.Define(Rows.Replace("< 100", "< 1000", StringComparison.Ordinal)));
        Assert.Equal(_folder.Rows("t").Order(StringComparer.Ordinal), _folder.Rows("u").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Filters_choose_and_the_rest_waits()
    {
        _folder.Write("in/a.csv", "n,s\n1,x\n200,y\n3\n300,z\n");
        const string Yaml = """
            pipeline: p
            source: { type: file, path: in/*.csv }
            stages: [ { validate: { n: "< 100" } } ]
            dataset: { name: t }
            """;
        await _folder.RunAsync(Yaml);
        var definition = _folder.Define(Yaml);
        Assert.Equal(0, (await QuarantineFolder.ReplayAsync(definition, new QuarantineFilter { Stage = "nobody" })).Settled!.Records);
        Assert.Equal(0, (await QuarantineFolder.ReplayAsync(definition, new QuarantineFilter { Until = DateTimeOffset.UtcNow.AddDays(-1) })).Settled!.Records);
        var discarded = await QuarantineFolder.SettleAsync(definition, isReplay: false, new QuarantineFilter { Reason = "field_count" });
        Assert.Equal((RunOutcome.Completed, 1L), (discarded.Outcome, discarded.Settled!.Records));
        Assert.Equal(2, (await _folder.RecordsAsync(definition)).Count);
        Assert.Equal("field_count", Assert.Single(await _folder.RecordsAsync(definition, new QuarantineFilter { State = RecordState.Discarded })).Reason);
        var report = await QuarantineFolder.ClosedAsync(definition);
        Assert.Equal((3, 0, 1, 2), (report.Quarantined, report.Replayed, report.Discarded, report.Waiting));
        Assert.Equal(RunOutcome.NothingNew, (await RunFolder.RunAsync(definition)).Outcome);
        Assert.Equal(["""{"n":1,"s":"x"}"""], _folder.Rows("t"));
    }

    [Fact]
    public async Task What_can_not_come_back_says_why_and_waits()
    {
        _folder.Write("in/a.ndjson", "{\"id\":1,\"v\":[200]}\n{\"id\":2,\"v\":[5]}\n{\"id\":3,\"v\":[7],\"s\":\"" + new string('x', 100_000) + "\",\"oops}\n");
        const string Yaml = """
            pipeline: p
            source: { type: file, path: in/*.ndjson }
            stages:
              - explode: { column: v, type: int64 }
              - { id: check, validate: { v: "< 100" } }
            dataset: { name: t }
            """;
        await _folder.RunAsync(Yaml);
        var now = _folder.Define(Yaml.Replace("check", "other", StringComparison.Ordinal));
        var result = await QuarantineFolder.ReplayAsync(now);
        Assert.Equal((RunOutcome.NothingNew, 0L), (result.Outcome, result.Settled!.Records));
        Assert.Contains(result.Settled.LeftOut, each => each.Key.Contains("'check'", StringComparison.Ordinal) && each.Value == 1);
        Assert.Contains(result.Settled.LeftOut, each => each.Key.Contains("64 KiB", StringComparison.Ordinal) && each.Value == 1);
        Assert.Equal(2, (await _folder.RecordsAsync(now)).Count);
    }

    [Fact]
    public async Task A_replay_through_an_aggregate_or_into_a_replaced_table_is_refused()
    {
        _folder.Write("in/a.csv", "k,n\na,1\nb,200\n");
        const string Yaml = """
            pipeline: p
            source: { type: file, path: in/*.csv }
            stages:
              - validate: { n: "< 100" }
              - aggregate: { group_by: [k], aggregates: { total: sum(n) } }
            dataset: { name: t }
            """;
        await _folder.RunAsync(Yaml);
        var refused = await QuarantineFolder.SettleAsync(_folder.Define(Yaml));
        Assert.Equal(RunOutcome.Failed, refused.Outcome);
        Assert.Contains("can not be replayed through", refused.Error!.Message);
        const string Replacing = """
            pipeline: q
            source: { type: file, path: in/*.csv }
            stages: [ { validate: { n: "< 100" } } ]
            dataset: { name: u, mode: overwrite }
            """;
        await _folder.RunAsync(Replacing);
        Assert.Contains("replaces all of its rows", (await QuarantineFolder.SettleAsync(_folder.Define(Replacing))).Error!.Message);
    }

    [Fact]
    public async Task A_split_read_half_stays_read_half_through_a_replay()
    {
        _folder.Write("in/a.csv", "n\n1\nx\n");
        const string Yaml = """
            pipeline: p
            source: { type: file, path: in/*.csv, types: { n: int64 } }
            dataset: { name: t }
            """;
        await _folder.RunAsync(Yaml);
        _folder.Write("in/b.csv", "n\n" + string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i}\n")));
        using (var stop = new CancellationTokenSource())
        {
            var definition = _folder.Define(Yaml);
            var stopping = definition with { Sinks = [definition.Sinks[0] with { Sink = new Audit.StoppingSink(definition.Sinks[0].Sink, stop) }] };
            Assert.Equal(RunOutcome.Stopped, (await RunFolder.RunAsync(stopping, new RunOptions { EpochBytes = 1 }, stop.Token)).Outcome);
        }

        var now = _folder.Define(Yaml.Replace("types:", "null_values: [x], types:", StringComparison.Ordinal));
        Assert.Equal(1, (await QuarantineFolder.ReplayAsync(now)).Settled!.Records);
        await RunFolder.RunAsync(now);
        Assert.Equal(300_002, _folder.Table("t").Rows);
        await QuarantineFolder.ClosedAsync(now);
    }
}
