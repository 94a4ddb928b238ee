using DataMesh.Connectors.Datasets;
using DataMesh.Connectors.Datasets.Rewriting;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;
using DataMesh.Tests;
using static DataMesh.Connectors.Tests.Datasets.SinkHarness;

namespace DataMesh.Connectors.Tests.Datasets;

/// <summary>Old rows go, others never do; old log entries go, and every version that is young enough stays readable.</summary>
public sealed class RetentionTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2024, 6, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly SinkHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private string Sql(string sql) => Node.Run("duckdb-table.mjs", _harness.Table(), sql).Trim();

    [Fact]
    public async Task Rows_exactly_at_the_limit_and_without_a_time_stay()
    {
        var sink = new DatasetSink { Name = "t" };
        var limit = Micros(Now.AddDays(-10));
        await _harness.WriteAsync(sink, [[Times(limit - 5000, limit - 1_000_000)]]);
        await _harness.WriteAsync(sink, [[Times(limit - 1, limit, null)]]);
        await _harness.WriteAsync(sink, [[Times(limit + 1, null)]]);
        await _harness.WriteAsync(sink, [[Times(null, null)]]);

        var result = Delete(new RowRetention { Column = "at", OlderThan = TimeSpan.FromDays(10) });

        Assert.Equal(3, result.Committed.Sum(group => group.Rows));
        Assert.Equal([0, 1], result.Committed.Select(group => group.Added.Count));
        Node.Run("delta-check.mjs", _harness.Table());
        Assert.Equal("""[["6","2"]]""", Sql("SELECT count(*), count(\"at\") FROM t"));
        Assert.Equal("DELETE", DeltaTable.History(_harness.Table()).First().Operation);
        Assert.Null(Delete(new RowRetention { Column = "at", OlderThan = TimeSpan.FromDays(10) }).Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_date_is_old_when_its_whole_day_is(bool isPartition)
    {
        var sink = new DatasetSink { Name = "t", PartitionBy = isPartition ? ["day"] : [] };
        var day = new DateOnly(2024, 6, 20);
        await _harness.WriteAsync(sink, [[Batch(("day", DataType.Date, [day.AddDays(-2), day.AddDays(-1), day, null]), ("v", DataType.Int64, [1L, 2L, 3L, 4L]))]]);
        Delete(new RowRetention { Column = "day", OlderThan = TimeSpan.FromDays(10) });
        Assert.Equal("""[["3"],["4"]]""", Sql("SELECT v FROM t ORDER BY v"));
        Node.Run("delta-check.mjs", _harness.Table());
    }

    [Fact]
    public async Task After_a_commit_the_files_go_in_which_all_rows_are_old()
    {
        var age = DateTimeOffset.UtcNow - Now;
        var retain = new RetainOptions { Log = TimeSpan.FromDays(60), Files = TimeSpan.FromHours(5), Rows = new RowRetention { Column = "at", OlderThan = age + TimeSpan.FromDays(1) } };
        await _harness.WriteAsync(new DatasetSink { Name = "t" }, [[Times(Micros(Now.AddDays(-3)))]]);
        await _harness.WriteAsync(new DatasetSink { Name = "t", Retain = retain }, [[Times(Micros(Now.AddDays(-3)), Micros(Now))]]);

        Assert.Equal("""[["2"]]""", Sql("SELECT count(*) FROM t"));
        var properties = DeltaTable.Open(_harness.Table()).Metadata.Configuration;
        Assert.Equal(("interval 60 days", "interval 5 hours"), (properties["delta.logRetentionDuration"], properties["delta.deletedFileRetentionDuration"]));
        Assert.Equal("at", RowRetention.Of(DeltaTable.Open(_harness.Table()).Metadata)!.Column);
        Node.Run("delta-check.mjs", _harness.Table());
    }

    [Fact]
    public async Task Only_times_and_dates_tell_the_age_of_a_row()
    {
        await _harness.WriteAsync(new DatasetSink { Name = "t" }, [[Batch(("v", DataType.Int64, [1L]))]]);
        Assert.Contains("it is int64", Assert.Throws<DataMeshException>(() => Delete(new RowRetention { Column = "v" })).Message, StringComparison.Ordinal);
        Assert.Contains("no column 'w'", Assert.Throws<DataMeshException>(() => Delete(new RowRetention { Column = "w" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_log_entries_go_with_a_checkpoint_and_young_versions_stay_readable()
    {
        var sink = new DatasetSink { Name = "t", Properties = new OrderedMap<string> { { "delta.checkpointInterval", "5" } } };
        for (var i = 0; i < 18; i++) await _harness.WriteAsync(sink, [[Batch(("v", DataType.Int64, [(long)i]))]]);
        var table = DeltaTable.Open(_harness.Table());
        for (var version = 0; version <= 12; version++) File.SetLastWriteTimeUtc(LogFolder.EntryPath(table.Path, version), DateTime.UtcNow.AddDays(-40));

        // Version 13 is the oldest that is young enough: it needs the checkpoint of version 10.
        Assert.Equal(10, LogCleanup.Run(table, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));

        var folder = LogFolder.List(table.Path);
        Assert.Equal((10, 17), (folder.Entries.Min, folder.Entries.Max));
        Assert.Equal([15, 10], folder.Checkpoints.Select(checkpoint => checkpoint.Version));
        Assert.Equal(14, DeltaTable.Open(table.Path, 13).Rows);
        Assert.Equal(18, DeltaTable.Open(table.Path).Rows);
        Node.Run("delta-check.mjs", _harness.Table());
        Assert.Equal(0, LogCleanup.Run(table, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
    }

    private SwapResult Delete(RowRetention retention) => OldRows.Delete(DeltaTable.At(_harness.Table()), retention, rewrites: true, new FixedClock(), CancellationToken.None);

    private static RecordBatch Times(params long?[] times) => Batch(("at", DataType.Timestamp, [.. times.Select(time => (object?)time)]), ("v", DataType.Int64, [.. times.Select((_, i) => (object?)(long)i)]));

    private static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
