using System.Text.Json.Nodes;
using DataMesh.Connectors.Datasets;
using DataMesh.Connectors.Datasets.Rewriting;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;
using DataMesh.Tests;
using static DataMesh.Connectors.Tests.Datasets.SinkHarness;

namespace DataMesh.Connectors.Tests.Datasets;

/// <summary>Upserts, compared with a dictionary, with an independent reader of the log, and with DuckDB.</summary>
public sealed class UpsertTests : IDisposable
{
    private readonly SinkHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private void Check() => Node.Run("delta-check.mjs", _harness.Table());

    private string Sql(string sql) => Node.Run("duckdb-table.mjs", _harness.Table(), sql).Trim();

    [Theory]
    [InlineData(1, new string[0], new[] { "id" })]
    [InlineData(2, new[] { "p" }, new[] { "id" })]
    [InlineData(3, new[] { "p" }, new[] { "p", "id" })]
    [InlineData(4, new[] { "p", "day" }, new[] { "id", "day" })]
    public async Task Random_epochs_leave_what_a_dictionary_holds(int seed, string[] partitions, string[] key)
    {
        var random = new Random(seed);
        var sink = new DatasetSink { Name = "t", Mode = WriteMode.Upsert, Key = key, PartitionBy = partitions, DeleteWhen = new ExpressionText("gone", null!), FileSize = new ByteCount(2000) };
        var model = new Dictionary<string, string>();
        for (var epoch = 0; epoch < 14; epoch++)
        {
            var rows = MakeRows(random, key, epoch);
            await _harness.WriteAsync(sink, [[.. rows.Chunk(7).Select(ToBatch)]], ToBatch([]).Schema);
            foreach (var row in rows)
            {
                if (row.IsDeleted) model.Remove(row.Key(key));
                else model[row.Key(key)] = row.ToString();
            }

            Assert.Equal(model.Values.Order(StringComparer.Ordinal), Rows().Order(StringComparer.Ordinal));
        }

        Check();
        Assert.Equal($"""[["{model.Count}","{model.Count}"]]""", Sql($"SELECT count(*), count(DISTINCT concat_ws('|', {string.Join(", ", key.Select(each => $"coalesce({each}::VARCHAR, '')"))})) FROM t"));
        Assert.Contains(DeltaTable.History(_harness.Table()), entry => entry.Operation == "MERGE" && entry.FilesRemoved > 0);
        Assert.Empty(Directory.GetFiles(Path.Combine(_harness.Table(), "_datamesh", "deletions")));
    }

    [Fact]
    public async Task Files_that_can_not_hold_a_key_are_neither_read_nor_changed()
    {
        var sink = Keyed();
        await _harness.WriteAsync(sink, [[Ids(1, 2, 3)]]);
        await _harness.WriteAsync(sink, [[Ids(10, 20, 30)]]);
        var first = DeltaTable.Open(_harness.Table()).Files.Single(file => file.Statistics!.Contains("\"id\":1,", StringComparison.Ordinal));
        // Reading it would fail.
        File.WriteAllText(DeltaPath.Resolve(_harness.Table(), first.Path), "no Parquet");
        await _harness.WriteAsync(sink, [[Ids(20, 40)]]);

        var newest = DeltaTable.History(_harness.Table()).First();
        Assert.Equal(("MERGE", 2, 1), (newest.Operation, newest.FilesAdded, newest.FilesRemoved));
        var metrics = newest.CommitInfo!["operationMetrics"]!;
        Assert.Equal((2, 1, 0), (newest.RowsAdded, newest.RowsUpdated, newest.RowsDeleted));
        Assert.Equal(("1", "1", "2", "2"), (metrics["numTargetRowsInserted"]!.ToString(), metrics["numTargetRowsUpdated"]!.ToString(), metrics["numTargetRowsCopied"]!.ToString(), metrics["numSourceRows"]!.ToString()));
    }

    [Fact]
    public async Task A_commit_that_comes_in_between_is_merged_with_again()
    {
        var sink = Keyed();
        await _harness.WriteAsync(sink, [[Ids(1, 2, 3)]]);
        var mine = await _harness.StageAsync(sink, [[Ids(2, 5)]]);
        var other = Keyed();
        await other.ReadStateAsync("other/0", _harness.Context, CancellationToken.None);

        // The other program replaces a row of the same file, and brings one that this epoch has too.
        await _harness.WriteAsync(other, [[Ids(3, 5)]], app: "other/0");
        await sink.CommitAsync(Commit(mine, 1), _harness.Context, CancellationToken.None);

        Check();
        Assert.Equal("""[["1"],["2"],["3"],["5"]]""", Sql("SELECT id FROM t ORDER BY id"));
    }

    [Fact]
    public async Task Programs_that_upsert_into_the_same_files_at_once_and_one_that_compacts_them_lose_nothing()
    {
        await _harness.WriteAsync(Keyed(), [[Ids([.. Enumerable.Range(0, 60).Select(id => (long)id)])]]);
        var isDone = false;
        var compacting = Task.Run(() =>
        {
            var compacted = 0;
            while (!Volatile.Read(ref isDone))
                if (Compaction.Run(_harness.Table(), new CompactionOptions(), TimeProvider.System, CancellationToken.None).Version is not null) compacted++;
            return compacted;
        });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(app => Task.Run(async () =>
        {
            for (var epoch = 0; epoch < 8; epoch++)
            {
                var sink = Keyed();
                var ids = Enumerable.Range(0, 20).Where(i => (i + epoch) % 3 != 0).Select(i => (long)(i * 3 + app)).Append(100 + (epoch * 10) + app).ToArray();
                var staged = await _harness.StageAsync(sink, [[Batch(("id", DataType.Int64, [.. ids.Select(id => (object?)id)]), ("v", DataType.String, [.. ids.Select(_ => (object?)$"{app}.{epoch}")]))]]);
                await sink.CommitAsync(new SinkCommit($"app{app}", epoch, $"{app}:{epoch}", $"datamesh.app{app}", "{}", staged, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()), _harness.Context, CancellationToken.None);
            }
        })));
        Volatile.Write(ref isDone, true);
        Assert.True(await compacting > 0);

        Check();
        var expected = new SortedDictionary<long, string>();
        for (var app = 0; app < 3; app++)
        {
            for (var epoch = 0; epoch < 8; epoch++)
            {
                for (var i = 0; i < 20; i++)
                    if ((i + epoch) % 3 != 0) expected[(i * 3) + app] = $"{app}.{epoch}";
                expected[100 + (epoch * 10) + app] = $"{app}.{epoch}";
            }
        }

        Assert.Equal($"[{string.Join(",", expected.Select(each => $"[\"{each.Key}\",\"{each.Value}\"]"))}]", Sql("SELECT id, v FROM t ORDER BY id"));
    }

    [Fact]
    public async Task The_same_epoch_is_merged_once()
    {
        var sink = Keyed();
        await _harness.WriteAsync(sink, [[Ids(1, 2)]]);
        var staged = await _harness.StageAsync(sink, [[Ids(2, 3)]]);
        var version = await sink.CommitAsync(Commit(staged, 1), _harness.Context, CancellationToken.None);
        Assert.Equal(version, await Keyed().CommitAsync(Commit(staged, 1), _harness.Context, CancellationToken.None));
        Assert.Equal(version, DeltaTable.Open(_harness.Table()).Version);
        Check();
    }

    [Fact]
    public async Task The_key_stays_what_it_was()
    {
        await _harness.WriteAsync(Keyed(), [[Ids(1)]]);
        var other = await Assert.ThrowsAsync<DataMeshException>(() => _harness.StageAsync(new DatasetSink { Name = "t", Mode = WriteMode.Upsert, Key = ["v"] }, [[Ids(1)]]));
        Assert.Contains("has the key [id], not [v]", other.Message, StringComparison.Ordinal);
        var append = await Assert.ThrowsAsync<DataMeshException>(() => _harness.StageAsync(new DatasetSink { Name = "t" }, [[Ids(1)]]));
        Assert.Contains("could repeat a key", append.Message, StringComparison.Ordinal);
        // A rebuild may change it.
        await _harness.WriteAsync(new DatasetSink { Name = "t", Mode = WriteMode.Upsert, Key = ["v"] }, [[Ids(1)]], replace: true);
        Assert.Equal(["v"], TableKey.Of(DeltaTable.Open(_harness.Table()).Metadata));
        Check();
    }

    [Fact]
    public void A_key_and_the_mode_belong_together()
    {
        Assert.Contains("without a key", Assert.Throws<DataMeshException>(() => new DatasetSink { Name = "t", Mode = WriteMode.Upsert }.Upsert).Message, StringComparison.Ordinal);
        Assert.Contains("not upserted", Assert.Throws<DataMeshException>(() => new DatasetSink { Name = "t", Key = ["id"] }.Upsert).Message, StringComparison.Ordinal);
    }

    private static DatasetSink Keyed() => new() { Name = "t", Mode = WriteMode.Upsert, Key = ["id"] };

    private static SinkCommit Commit(StagedOutput output, long epoch) => new("app/0", epoch, $"app/0:{epoch}", "datamesh.app/0", "{}", output, 1_700_000_000_000 + epoch);

    private static RecordBatch Ids(params long[] ids) =>
        Batch(("id", DataType.Int64, [.. ids.Select(id => (object?)id)]), ("v", DataType.String, [.. ids.Select(id => (object?)$"v{id}")]));

    private IEnumerable<string> Rows()
    {
        foreach (var batch in DeltaRows.Read(DeltaTable.Open(_harness.Table())))
        {
            using (batch)
                foreach (var row in JsonRows.Write(batch))
                    yield return Text((JsonObject)JsonNode.Parse(row)!);
        }
    }

    private static string Text(JsonObject row) => $"{row["id"]} {row["p"]} {row["day"]} {row["v"]}";

    /// <summary>Each key once, as the stage before the sink leaves them.</summary>
    private static List<Row> MakeRows(Random random, string[] key, int epoch)
    {
        var rows = new Dictionary<string, Row>();
        for (var i = random.Next(0, 60); i > 0; i--)
        {
            var row = new Row($"k{random.Next(80)}", random.Next(4) is > 0 and var p ? $"p{p}" : "", new DateOnly(2024, 1, 1).AddDays(random.Next(3)), $"{epoch}.{i}", epoch > 0 && random.Next(5) == 0);
            rows[row.Key(key)] = row;
        }

        return [.. rows.Values];
    }

    private static RecordBatch ToBatch(IEnumerable<Row> rows) => Batch(
        ("id", DataType.String, [.. rows.Select(row => (object?)row.Id)]),
        ("p", DataType.String, [.. rows.Select(row => (object?)row.Partition)]),
        ("day", DataType.Date, [.. rows.Select(row => (object?)row.Day)]),
        ("v", DataType.String, [.. rows.Select(row => (object?)row.Value)]),
        (Upsert.DeletionColumn, DataType.Bool, [.. rows.Select(row => (object?)row.IsDeleted)]));

    private sealed record Row(string Id, string Partition, DateOnly Day, string Value, bool IsDeleted)
    {
        public string Key(string[] key) => string.Join('|', key.Select(column => column switch { "id" => Id, "p" => Partition, _ => $"{Day:yyyy-MM-dd}" }));

        public override string ToString() => $"{Id} {Partition} {Day:yyyy-MM-dd} {Value}";
    }
}
