using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

public sealed class RunTests : IDisposable
{
    private const string Append = """
        pipeline: p
        source: { type: file, path: in/*.csv }
        stages:
          - filter: n > 0
        dataset: { name: t }
        """;

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_run_reads_only_what_is_new_even_when_the_grain_state_is_gone()
    {
        _folder.Write("in/a.csv", "n,s\n1,x\n-1,y\n2,z\n");
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Append)).Outcome);
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(Append)).Outcome);
        _folder.ForgetState();
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(Append)).Outcome);
        _folder.Write("in/b.csv", "n,s\n3,w\n");
        _folder.ForgetState();
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Append)).Outcome);
        Assert.Equal(["""{"n":1,"s":"x"}""", """{"n":2,"s":"z"}""", """{"n":3,"s":"w"}"""], _folder.Rows("t").Order(StringComparer.Ordinal));
        Assert.Equal(1, _folder.Table("t").Version);
    }

    [Fact]
    public async Task A_rebuild_replaces_the_rows_in_one_commit()
    {
        _folder.Write("in/a.csv", "n,s\n1,x\n2,z\n");
        await _folder.RunAsync(Append);
        var again = await _folder.RunAsync(Append.Replace("n > 0", "n > 1"), new RunOptions { Rebuild = true });
        Assert.Equal(RunOutcome.Completed, again.Outcome);
        Assert.Equal(["""{"n":2,"s":"z"}"""], _folder.Rows("t"));
        Assert.Equal(1, _folder.Table("t").Version);
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(Append)).Outcome);
    }

    [Fact]
    public async Task First_and_last_follow_the_source_over_blocks_files_and_a_second_start()
    {
        for (var file = 0; file < 3; file++)
        {
            var text = new StringBuilder("k,n,s\n");
            for (var i = 0; i < 200_000; i++) text.Append(i % 3).Append(',').Append(file * 200_000 + i).Append(file == 2 && i == 199_000 ? ",x\n" : ",1234567890\n");
            _folder.Write($"in/{file}.csv", text.ToString());
        }

        var result = await _folder.RunAsync("""
            pipeline: p
            source: { type: file, path: in/*.csv }
            stages:
              - aggregate: { group_by: [k], aggregates: { a: first(n), b: last(n), c: first(n order by s), d: last(n order by s), e: first(n order by s desc) } }
            dataset: { name: t }
            """);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(
            ["""{"k":0,"a":0,"b":599998,"c":0,"d":599998,"e":0}""", """{"k":1,"a":1,"b":599999,"c":1,"d":599000,"e":599000}""", """{"k":2,"a":2,"b":599997,"c":2,"d":599997,"e":2}"""],
            _folder.Rows("t"));
    }

    [Fact]
    public async Task A_value_far_behind_the_samples_widens_its_column_before_the_first_commit()
    {
        var text = new StringBuilder("n,s\n");
        for (var i = 1; i <= 500_000; i++) text.Append(i).Append(i == 300_000 ? ",late\n" : ",7\n");
        _folder.Write("in/a.csv", text.ToString());
        var result = await _folder.RunAsync(Append);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(DataType.String, _folder.Table("t").Schema[1].Type);
        Assert.Equal(500_000, _folder.Table("t").Rows);
        Assert.Equal(text.Length, result.BytesRead);
        Assert.Empty(result.Quarantine);
        Assert.Contains("""{"n":300000,"s":"late"}""", _folder.Rows("t"));
    }

    [Fact]
    public async Task A_value_that_does_not_fit_the_committed_type_goes_to_quarantine_and_the_ledger_closes()
    {
        _folder.Write("in/a.csv", "n,s\n1,x\n");
        await _folder.RunAsync(Append);
        _folder.Write("in/b.csv", "n,s\n2,y\nmany,z\n4,w\n");
        var result = await _folder.RunAsync(Append);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(new Dictionary<string, long> { ["misfit"] = 1 }, result.Quarantine);
        Assert.All(result.Stages, line => Assert.True(line.Closes, line.ToString()));
        Assert.Equal(3, _folder.Rows("t").Count);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder.Root, "lake", "t", "_quarantine"), "*.parquet"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Rows_keep_source_order_on_any_number_of_cores(int cores)
    {
        var text = new StringBuilder("n,s\n");
        for (var i = 1; i <= 400_000; i++) text.Append(i).Append(",\"a, b\n c\"\n");
        _folder.Write("in/a.csv", text.ToString());
        await _folder.RunAsync(Append, new RunOptions { Cores = cores });
        var next = 1L;
        foreach (var batch in Formats.Delta.DeltaRows.Read(_folder.Table("t")))
        {
            using (batch)
            {
                foreach (var value in ((FixedColumn<long>)batch[0]).Values) Assert.Equal(next++, value);
            }
        }

        Assert.Equal(400_001, next);
    }

    [Fact]
    public async Task Two_targets_take_their_parts_of_one_epoch()
    {
        _folder.Write("in/a.csv", "n,s\n1,x\n2,x\n3,y\n");
        const string yaml = """
            pipeline: p
            source: { type: file, path: in/*.csv }
            stages:
              - { id: rows, filter: n > 0 }
              - { id: sums, from: rows, aggregate: { group_by: [s], aggregates: { total: sum(n) } } }
            datasets:
              - { name: t, from: rows, mode: overwrite }
              - { name: u, from: sums, mode: overwrite }
            """;
        for (var run = 0; run < 2; run++)
        {
            var result = await _folder.RunAsync(yaml);
            Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message);
            Assert.Equal(3, _folder.Rows("t").Count);
            Assert.Equal(["""{"s":"x","total":3}""", """{"s":"y","total":3}"""], _folder.Rows("u"));
        }
    }

    [Fact]
    public async Task A_limit_stops_the_reading_early()
    {
        var text = new StringBuilder("n,s\n");
        for (var i = 1; i <= 2_000_000; i++) text.Append(i).Append(",some text to fill blocks\n");
        _folder.Write("in/a.csv", text.ToString());
        var result = await _folder.RunAsync(Append.Replace("filter: n > 0", "limit: 10"));
        Assert.Equal(10, _folder.Rows("t").Count);
        Assert.True(result.BytesRead < text.Length / 2, $"{result.BytesRead} bytes were read");
    }

    [Fact]
    public async Task A_pipeline_that_does_not_fit_its_data_fails_with_its_place_and_commits_nothing()
    {
        _folder.Write("in/a.csv", "n,s\n1,x\n");
        var result = await _folder.RunAsync(Append.Replace("n > 0", "m > 0"));
        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Contains("pipeline.yaml:4", result.Error!.Message);
        Assert.False(Directory.Exists(Path.Combine(_folder.Root, "lake", "t", "_delta_log")));
    }
}
