using DataMesh.Connectors.Datasets;
using DataMesh.Connectors.Datasets.Rewriting;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Delta;
using DataMesh.Tests;
using static DataMesh.Connectors.Tests.Datasets.SinkHarness;

namespace DataMesh.Connectors.Tests.Datasets;

/// <summary>Compaction: rows stay as they are, and who comes too late changes nothing.</summary>
public sealed class CompactionTests : IDisposable
{
    private readonly SinkHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private DeltaSnapshot Table => DeltaTable.Open(_harness.Table());

    private string Sql(string sql) => Node.Run("duckdb-table.mjs", _harness.Table(), sql).Trim();

    [Fact]
    public async Task Small_files_of_a_partition_become_one_and_every_row_stays()
    {
        await WriteAsync(8, ["p"]);
        var before = Rows();

        var result = Compaction.Run(_harness.Table(), new CompactionOptions(), TimeProvider.System, CancellationToken.None);

        Assert.Equal((8, 3), (result.Version, result.Committed.Count));
        Assert.Equal(3, Table.Files.Count);
        Assert.Equal(before.Order(StringComparer.Ordinal), Rows().Order(StringComparer.Ordinal));
        Assert.Equal("""[["24","8","276"]]""", Sql("SELECT count(*), count(DISTINCT note), sum(id) FROM t"));
        Node.Run("delta-check.mjs", _harness.Table());
        var entry = DeltaTable.History(_harness.Table()).First();
        Assert.Equal(("OPTIMIZE", "24", "3"), (entry.Operation, entry.CommitInfo!["operationMetrics"]!["numRemovedFiles"]!.ToString(), entry.CommitInfo["operationMetrics"]!["numAddedFiles"]!.ToString()));
        Assert.DoesNotContain("\"dataChange\":true", File.ReadAllText(LogFolder.EntryPath(_harness.Table(), 8)), StringComparison.Ordinal);
        Assert.Null(Compaction.Run(_harness.Table(), new CompactionOptions(), TimeProvider.System, CancellationToken.None).Version);
        Assert.Equal((0, 1), (entry.RowsAdded, UpkeepCount.Of(Table)));
    }

    [Fact]
    public async Task Older_files_that_lack_a_column_read_as_before()
    {
        var sink = new DatasetSink { Name = "t" };
        await _harness.WriteAsync(sink, [[Batch(("a b", DataType.Int64, [1L, 2L]))]]);
        await _harness.WriteAsync(sink, [[Batch(("a b", DataType.Int64, [3L]), ("c", DataType.Json, ["{\"x\":[1]}"]), ("d", DataType.Decimal(20, 3), [1.5m]))]]);
        var before = Rows();
        Compaction.Run(_harness.Table(), new CompactionOptions(), TimeProvider.System, CancellationToken.None);
        Assert.Single(Table.Files);
        Assert.Equal(before, Rows());
        Node.Run("delta-check.mjs", _harness.Table());
    }

    [Fact]
    public async Task Only_the_partition_that_was_asked_for_is_touched()
    {
        await WriteAsync(3, ["p"]);
        var result = Compaction.Run(
            _harness.Table(), new CompactionOptions { Where = new Dictionary<string, string?> { ["p"] = null } }, TimeProvider.System, CancellationToken.None);
        Assert.Equal(3, result.Committed.Single().Removed.Count);
        Assert.Equal(7, Table.Files.Count);
    }

    [Fact]
    public async Task Groups_keep_to_the_size_and_few_files_are_left_alone()
    {
        await WriteAsync(6, []);
        var size = Table.Files.Max(file => file.Size);
        Assert.Equal([2, 2, 2], CompactionPlan.Make(Table, new CompactionOptions { TargetBytes = size * 2 }).Select(group => group.Files.Count));
        Assert.Empty(CompactionPlan.Make(Table, new CompactionOptions { TargetBytes = size * 2, FilesMin = 3 }));
        Assert.Empty(CompactionPlan.Make(Table, new CompactionOptions { TargetBytes = size }));
    }

    [Fact]
    public async Task One_that_wakes_after_another_changes_nothing()
    {
        await WriteAsync(4, ["p"]);
        var before = Rows();
        var frozen = Planned();
        Compaction.Run(_harness.Table(), new CompactionOptions { Where = new Dictionary<string, string?> { ["p"] = "p1" } }, TimeProvider.System, CancellationToken.None);

        var result = Wake(frozen);

        // The partition that the other one had done is left alone, the others are swapped.
        Assert.Equal((2, 1), (result.Committed.Count, result.Overtaken.Count));
        Assert.All(result.Overtaken[0].Added, file => Assert.False(File.Exists(DeltaPath.Resolve(_harness.Table(), file.Path))));
        Assert.Equal(before.Order(StringComparer.Ordinal), Rows().Order(StringComparer.Ordinal));
        Node.Run("delta-check.mjs", _harness.Table());

        var again = Planned(result.Version!.Value - 1);
        Assert.Null(Wake(again).Version);
        Assert.Equal(before.Order(StringComparer.Ordinal), Rows().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_epoch_prepared_before_and_committed_after_is_merged_with_what_is_there_then()
    {
        var sink = new DatasetSink { Name = "t", Mode = WriteMode.Upsert, Key = ["id"] };
        for (var epoch = 0; epoch < 3; epoch++) await _harness.WriteAsync(sink, [[Ids(epoch, epoch + 10)]]);
        var staged = await _harness.StageAsync(sink, [[Ids(1, 11, 99)]]);
        var frozen = Planned();
        Compaction.Run(_harness.Table(), new CompactionOptions(), TimeProvider.System, CancellationToken.None);
        await sink.CommitAsync(new SinkCommit("app/0", 3, "app/0:3", "datamesh.app/0", "{}", staged, 1_700_000_000_000), _harness.Context, CancellationToken.None);

        Assert.Null(Wake(frozen).Version);

        Node.Run("delta-check.mjs", _harness.Table());
        Assert.Equal("""[["0"],["1"],["2"],["10"],["11"],["12"],["99"]]""", Sql("SELECT id FROM t ORDER BY id"));
    }

    private async Task WriteAsync(int commits, string[] partitions)
    {
        var sink = new DatasetSink { Name = "t", PartitionBy = partitions };
        for (var i = 0; i < commits; i++)
        {
            await _harness.WriteAsync(sink, [[Batch(
                ("p", DataType.String, ["p1", "p2", null]), ("id", DataType.Int64, [3L * i, (3L * i) + 1, (3L * i) + 2]), ("note", DataType.String, [$"n{i}", null, $"n{i}"]))]]);
        }
    }

    /// <summary>A compaction that has written its files and stands before its commit.</summary>
    private List<FileGroup> Planned(long? version = null)
    {
        var snapshot = version is { } at ? DeltaTable.Open(_harness.Table(), at) : Table;
        var plan = new RewritePlan(snapshot, long.MaxValue, TimeProvider.System);
        return [.. CompactionPlan.Make(snapshot, new CompactionOptions()).Select(group =>
        {
            using var rewriter = new RowRewriter(plan.Files, plan.PartitionOf(group.Files[0]));
            foreach (var batch in group.Files.SelectMany(plan.Read)) rewriter.Add(batch);
            return new FileGroup(group.Files, [.. rewriter.Finish().Select(file => plan.Added(file, dataChange: false))]);
        })];
    }

    private SwapResult Wake(List<FileGroup> frozen) => FileSwap.Run(
        DeltaTable.At(_harness.Table()), frozen, new SwapInfo("OPTIMIZE", [], DataChange: false, _ => new Dictionary<string, long>()), TimeProvider.System, CancellationToken.None);

    private static RecordBatch Ids(params int[] ids) => Batch(("id", DataType.Int64, [.. ids.Select(id => (object?)(long)id)]));

    private List<string> Rows()
    {
        var rows = new List<string>();
        foreach (var batch in DeltaRows.Read(Table))
        {
            using (batch) rows.AddRange(JsonRows.Write(batch));
        }

        return rows;
    }
}
