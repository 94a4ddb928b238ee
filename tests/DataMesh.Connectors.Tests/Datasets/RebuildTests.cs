using DataMesh.Connectors.Datasets;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;
using DataMesh.Tests;
using static DataMesh.Connectors.Tests.Datasets.SinkHarness;

namespace DataMesh.Connectors.Tests.Datasets;

/// <summary>Rebuilds of tables that append otherwise, and commits of epochs that waited.</summary>
public sealed class RebuildTests : IDisposable
{
    private readonly SinkHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_rebuild_of_a_table_that_appends_may_change_a_columns_type()
    {
        var sink = new DatasetSink { Name = "t" };
        await _harness.WriteAsync(sink, [[Batch(("a", DataType.Int64, [1L]), ("b", DataType.Int64, [1L]))]]);
        var rows = Batch(("a", DataType.String, ["x"]), ("c d", DataType.Bool, [true]));
        await Assert.ThrowsAsync<DataMeshException>(() => _harness.StageAsync(sink, [[rows]]));

        await _harness.WriteAsync(sink, [[rows]], replace: true);

        Node.Run("delta-check.mjs", _harness.Table());
        Assert.Equal(new Schema([new("a", DataType.String), new("c d", DataType.Bool)]), DeltaTable.Open(_harness.Table()).Schema);
        Assert.Equal("""[["x",true]]""", Node.Run("duckdb-table.mjs", _harness.Table(), "SELECT * FROM t").Trim());
    }

    [Fact]
    public async Task An_epoch_whose_prepared_file_is_gone_is_refused_and_the_table_stays_whole()
    {
        var sink = new DatasetSink { Name = "t" };
        await _harness.WriteAsync(sink, [[Batch(("a", DataType.Int64, [1L]))]]);
        var staged = await _harness.StageAsync(sink, [[Batch(("a", DataType.Int64, [2L]))]]);
        File.Delete(Path.Combine(_harness.Table(), staged.Files[0].Path));
        var commit = new SinkCommit("app/0", 1, "app/0:1", "datamesh.app/0", "{}", staged, 1_700_000_000_000);

        var refused = await Assert.ThrowsAsync<DataMeshException>(async () => await sink.CommitAsync(commit, _harness.Context, CancellationToken.None));

        Assert.Contains("a file that it had prepared is gone", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, DeltaTable.Open(_harness.Table()).Version);
    }

    [Fact]
    public async Task An_epoch_that_was_committed_before_is_not_asked_for_its_files_again()
    {
        var sink = new DatasetSink { Name = "t" };
        var staged = await _harness.WriteAsync(sink, [[Batch(("a", DataType.Int64, [1L]))]]);
        File.Delete(Path.Combine(_harness.Table(), staged.Files[0].Path));
        var again = new SinkCommit("app/0", 0, "app/0:0", "datamesh.app/0", "{}", staged, 1_700_000_000_000);

        Assert.Equal(0, await sink.CommitAsync(again, _harness.Context, CancellationToken.None));
    }
}
