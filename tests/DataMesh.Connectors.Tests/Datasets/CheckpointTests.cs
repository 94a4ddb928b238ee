using System.Text.Json.Nodes;
using DataMesh.Connectors.Datasets;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Delta;
using DataMesh.Tests;
using static DataMesh.Connectors.Tests.Datasets.SinkHarness;

namespace DataMesh.Connectors.Tests.Datasets;

/// <summary>Checkpoints of tables with real rows, compared with the log by a program written from the Delta protocol.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly SinkHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private JsonNode Check() => JsonNode.Parse(Node.Run("delta-check.mjs", _harness.Table()))!;

    [Fact]
    public async Task A_checkpoint_every_ten_commits_equals_the_log_and_can_replace_it()
    {
        await CommitAsync(23, new DatasetSink { Name = "t", PartitionBy = ["Origin State"], Description = "with \"quotes\"" });
        var replayed = DeltaTable.Open(_harness.Table());

        var check = Check();
        Assert.Equal((22, 2, 20), ((int)check["version"]!, (int)check["checkpoints"]!, (int)check["lastCheckpoint"]!));

        // Of the first twenty versions only the checkpoint is left.
        for (var version = 0; version <= 20; version++) File.Delete(LogFolder.EntryPath(_harness.Table(), version));
        File.Delete(LogFolder.CheckpointPath(_harness.Table(), 10));
        var reopened = DeltaTable.Open(_harness.Table());

        Assert.Equal(22, reopened.Version);
        AssertSame(replayed, reopened);
        Assert.Equal(22, (int)Check()["version"]!);
        await _harness.WriteAsync(new DatasetSink { Name = "t" }, [[Rows(99)]]);
        Assert.Equal(23, (int)Check()["version"]!);
        Assert.Equal("""[["36"]]""", Node.Run("duckdb-table.mjs", _harness.Table(), "SELECT count(*) FROM t").Trim());
    }

    [Fact]
    public async Task A_crash_between_an_entry_and_its_checkpoint_does_no_harm()
    {
        var sink = new DatasetSink { Name = "t" };
        await CommitAsync(11, sink);
        var log = LogFolder.Of(_harness.Table());
        File.Delete(LogFolder.CheckpointPath(_harness.Table(), 10));
        File.Delete(Path.Combine(log, "_last_checkpoint"));
        File.WriteAllText(Path.Combine(log, ".tmp-torn-checkpoint"), "PAR1");

        await _harness.WriteAsync(new DatasetSink { Name = "t" }, [[Rows(11)]]);
        Assert.Equal((11, 0), ((int)Check()["version"]!, (int)Check()["checkpoints"]!));

        for (var i = 12; i <= 20; i++) await _harness.WriteAsync(sink, [[Rows(i)]]);
        Assert.Equal((20, 1), ((int)Check()["version"]!, (int)Check()["checkpoints"]!));
    }

    [Fact]
    public async Task A_checkpoint_without_its_pointer_and_a_torn_one_are_both_survived()
    {
        await CommitAsync(11, new DatasetSink { Name = "t" });
        File.Delete(Path.Combine(LogFolder.Of(_harness.Table()), "_last_checkpoint"));
        var whole = DeltaTable.Open(_harness.Table());

        var checkpoint = LogFolder.CheckpointPath(_harness.Table(), 10);
        File.WriteAllBytes(checkpoint, File.ReadAllBytes(checkpoint)[..100]);

        AssertSame(whole, DeltaTable.Open(_harness.Table()));
    }

    [Fact]
    public async Task The_tables_own_interval_is_kept_to()
    {
        await CommitAsync(5, new DatasetSink { Name = "t", Properties = new OrderedMap<string> { { "delta.checkpointInterval", "2" } } });
        Assert.Equal((2, 4), ((int)Check()["checkpoints"]!, (int)Check()["lastCheckpoint"]!));
    }

    /// <summary>Commits by two applications in turn; the seventh replaces what was there.</summary>
    private async Task CommitAsync(int count, DatasetSink sink)
    {
        for (var i = 0; i < count; i++) await _harness.WriteAsync(sink, [[Rows(i)]], app: i % 3 == 2 ? "other/0" : "app/0", replace: i == 6);
    }

    private static RecordBatch Rows(int i) => Batch(
        ("Origin State", DataType.String, ["ä b/" + i % 3, null]), ("id", DataType.Int64, [(long)i, null]), ("text", DataType.String, [$"row \"{i}\"\n", "é"]));

    private static void AssertSame(DeltaSnapshot expected, DeltaSnapshot found)
    {
        Assert.Equal(Sorted(expected.Files.Select(Text)), Sorted(found.Files.Select(Text)));
        Assert.Equal(Sorted(expected.Tombstones.Select(file => $"{file.Path} {file.DeletionTimestampMs} {file.Size} {Values(file.PartitionValues)}")),
            Sorted(found.Tombstones.Select(file => $"{file.Path} {file.DeletionTimestampMs} {file.Size} {Values(file.PartitionValues)}")));
        Assert.Equal(expected.Schema, found.Schema);
        Assert.Equal(ActionJson.Write(expected.Metadata).ToJsonString(), ActionJson.Write(found.Metadata).ToJsonString());
        Assert.Equal(ActionJson.Write(expected.Protocol).ToJsonString(), ActionJson.Write(found.Protocol).ToJsonString());
        Assert.Equal(expected.Transactions.Values.OrderBy(mark => mark.AppId, StringComparer.Ordinal), found.Transactions.Values.OrderBy(mark => mark.AppId, StringComparer.Ordinal));
        Assert.Equal(expected.Domains.Values.OrderBy(domain => domain.Domain, StringComparer.Ordinal), found.Domains.Values.OrderBy(domain => domain.Domain, StringComparer.Ordinal));
    }

    private static string Text(AddFile file) => $"{file.Path} {file.Size} {file.ModificationTimeMs} {file.Statistics} {Values(file.PartitionValues)}";

    private static string Values(IReadOnlyDictionary<string, string?>? values) =>
        string.Join(';', (values ?? new Dictionary<string, string?>()).OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => $"{each.Key}={each.Value ?? "null"}"));

    private static List<string> Sorted(IEnumerable<string> texts) => [.. texts.Order(StringComparer.Ordinal)];
}
