using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;
using static DataMesh.Formats.Tests.Delta.TempTable;

namespace DataMesh.Formats.Tests.Delta;

public sealed class DeltaVacuumTests : IDisposable
{
    private readonly TempTable _table = new();

    public void Dispose() => _table.Dispose();

    [Fact]
    public void Only_old_files_that_nobody_needs_are_deleted()
    {
        Put("live.parquet", days: 30);
        Put("removed-long-ago.parquet", days: 30);
        Put("removed-lately.parquet", days: 30);
        Put("state=a%2Fb/orphan.parquet", days: 30);
        Put("young-orphan.parquet", days: 6);
        Put("prepared.parquet", days: 30);
        Put("_quarantine/part.parquet", days: 30);
        Put(".hidden/part.parquet", days: 30);
        _table.WriteEntry(0, Protocol, Metadata(Field("id", "long")), Add("live.parquet"), Add("removed-long-ago.parquet"), Add("removed-lately.parquet"));
        _table.WriteEntry(1, Removed("removed-long-ago.parquet", days: 8), Removed("removed-lately.parquet", days: 6));
        var options = new VacuumOptions { Spare = () => ["prepared.parquet"] };

        var planned = DeltaVacuum.Run(_table.Path, options with { DryRun = true }, new Now());
        Assert.Equal(8, Files().Count);
        var done = DeltaVacuum.Run(_table.Path, options, new Now());

        Assert.Equal(planned.Files, done.Files);
        Assert.Equal(["removed-long-ago.parquet", "state=a%2Fb/orphan.parquet"], done.Files.Order(StringComparer.Ordinal));
        Assert.Equal((8, 4), (done.Bytes, done.Kept));
        Assert.Equal([".hidden/part.parquet", "_quarantine/part.parquet", "live.parquet", "prepared.parquet", "removed-lately.parquet", "young-orphan.parquet"], Files());
        Assert.False(Directory.Exists(Path.Combine(_table.Path, "state=a%2Fb")));
    }

    [Fact]
    public void Retention_is_the_tables_unless_it_is_given()
    {
        Put("orphan.parquet", days: 2);
        _table.WriteEntry(0, Protocol, Metadata(Field("id", "long"), """{"delta.deletedFileRetentionDuration":"interval 3 days"}"""));

        Assert.Empty(DeltaVacuum.Run(_table.Path, new VacuumOptions(), new Now()).Files);
        Assert.Single(DeltaVacuum.Run(_table.Path, new VacuumOptions { Retention = TimeSpan.FromDays(1) }, new Now()).Files);
        Assert.Throws<DataMeshException>(() => DeltaVacuum.Run(_table.Path, new VacuumOptions { Retention = TimeSpan.FromDays(-1) }, new Now()));
    }

    [Fact]
    public void Files_of_an_epoch_that_is_prepared_beside_another_table_are_safe_while_they_are_young()
    {
        // The prepared record lies beside the pipeline's first table: nothing in this one tells of the file.
        Put("state=CA/staged.parquet", days: 6);
        _table.Commit(Epoch(0), new TableOptions { PartitionBy = ["state"] });

        Assert.Empty(DeltaVacuum.Run(_table.Path, new VacuumOptions(), new Now()).Files);
        _table.Commit(Epoch(1, files: Staged("state=CA/staged.parquet", 1, "CA")));
        Put("state=CA/staged.parquet", days: 60);

        Assert.Empty(DeltaVacuum.Run(_table.Path, new VacuumOptions { Retention = TimeSpan.Zero }, new Now()).Files);
        Assert.Equal(["state=CA/staged.parquet"], Files());
    }

    [Fact]
    public void Live_files_with_escaped_paths_are_kept()
    {
        Put("s=a%2Fb c/x.parquet", days: 30);
        _table.WriteEntry(0, Protocol, Metadata(Field("id", "long")), Add("s=a%252Fb%20c/x.parquet"));
        Assert.Empty(DeltaVacuum.Run(_table.Path, new VacuumOptions(), new Now()).Files);
    }

    [Theory]
    [InlineData("interval 7 days", 168)]
    [InlineData("interval 1 week", 168)]
    [InlineData("INTERVAL 1 day 12 hours", 36)]
    [InlineData("2 hours", 2)]
    [InlineData("interval", null)]
    [InlineData("soon", null)]
    public void Durations_of_properties_are_read(string text, int? hours) => Assert.Equal(hours, Retention.Parse(text)?.TotalHours);

    private static string Removed(string path, int days) => $$$"""{"remove":{"path":"{{{path}}}","deletionTimestamp":{{{NowMs - days * 86_400_000L}}},"dataChange":true}}""";

    private void Put(string path, int days)
    {
        var full = Path.Combine(_table.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, "data");
        File.SetLastWriteTimeUtc(full, DateTime.UnixEpoch.AddMilliseconds(NowMs).AddDays(-days));
    }

    private List<string> Files() => [.. Directory.GetFiles(_table.Path, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_table.Path, path)).Where(path => !path.StartsWith("_delta_log", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private sealed class Now : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
    }
}
