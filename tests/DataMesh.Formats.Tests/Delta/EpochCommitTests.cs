using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;
using static DataMesh.Formats.Tests.Delta.TempTable;

namespace DataMesh.Formats.Tests.Delta;

public sealed class EpochCommitTests : IDisposable
{
    private readonly TempTable _table = new();

    public void Dispose() => _table.Dispose();

    [Fact]
    public void The_first_commit_creates_the_table_with_all_in_one_entry()
    {
        var version = _table.Commit(Epoch(0, files: Staged("a b.parquet")), new TableOptions { Name = "strikes", Description = "birds" });

        Assert.Equal(0, version);
        Assert.Equal(["commitInfo", "protocol", "metaData", "txn", "domainMetadata", "add"], _table.Entry(0).Select(action => action.Single().Key));
        var snapshot = DeltaTable.Open(_table.Path);
        Assert.Equal((1, 7), (snapshot.Protocol.MinReaderVersion, snapshot.Protocol.MinWriterVersion));
        Assert.Equal(["domainMetadata"], snapshot.Protocol.WriterFeatures!);
        Assert.Null(snapshot.Protocol.ReaderFeatures);
        Assert.Equal(("strikes", "birds"), (snapshot.Metadata.Name, snapshot.Metadata.Description));
        Assert.Equal(Rows, snapshot.Schema);
        Assert.Equal("a%20b.parquet", snapshot.Files.Single().Path);
    }

    [Fact]
    public void The_same_epoch_is_committed_once()
    {
        _table.Commit(Epoch(0));
        _table.Commit(Epoch(1));
        _table.Commit(Epoch(0, app: "other/0"));

        Assert.Equal(1, _table.Commit(Epoch(1)));
        Assert.Equal(2, DeltaTable.Open(_table.Path).Version);
    }

    [Fact]
    public void The_same_epoch_from_another_prepared_record_is_an_error_and_so_is_an_older_one()
    {
        _table.Commit(Epoch(4));

        Assert.Contains("with other files", Assert.Throws<DataMeshException>(() => _table.Commit(Epoch(4, prepared: "zombie"))).Message, StringComparison.Ordinal);
        Assert.Contains("epoch 4 is already there", Assert.Throws<DataMeshException>(() => _table.Commit(Epoch(3))).Message, StringComparison.Ordinal);
        Assert.Equal(0, DeltaTable.Open(_table.Path).Version);
    }

    [Fact]
    public void State_is_read_back_from_the_table()
    {
        _table.Commit(Epoch(0));
        _table.Commit(Epoch(7));

        var (epoch, prepared, domain) = EpochCommit.LastEpoch(DeltaTable.Open(_table.Path), "app/0");

        Assert.Equal((7, "app/0:7"), (epoch, prepared));
        Assert.Contains("\"a.csv\":7", domain, StringComparison.Ordinal);
        Assert.Equal(-1, EpochCommit.LastEpoch(DeltaTable.Open(_table.Path), "nobody").Epoch);
    }

    [Fact]
    public void A_domain_of_another_pipeline_is_not_taken_over()
    {
        _table.Commit(Epoch(0));
        Assert.Throws<DataMeshException>(() => _table.Commit(Epoch(0, app: "thief/0") with { Domain = "datamesh.app/0" }));
    }

    [Fact]
    public void New_columns_change_the_metadata_and_nothing_else_does()
    {
        _table.Commit(Epoch(0));
        _table.Commit(Epoch(1));
        _table.Commit(Epoch(2, new Schema([new Field("ID", DataType.Int64), new Field("price", DataType.Float64), new Field("later", DataType.Null)])));

        Assert.DoesNotContain(_table.Entry(1), action => action.ContainsKey("metaData"));
        Assert.Contains(_table.Entry(2), action => action.ContainsKey("metaData"));
        Assert.Equal(["id", "state", "price"], DeltaTable.Open(_table.Path).Schema.Names);
        var refused = Assert.Throws<DataMeshException>(() => _table.Commit(Epoch(3, new Schema([new Field("id", DataType.String)]))));
        Assert.Contains("Column 'id' is string here and int64 in the table", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_that_replaces_removes_what_was_there_and_may_change_types()
    {
        _table.Commit(Epoch(0, files: Staged("a.parquet")));
        _table.Commit(Epoch(1, files: Staged("b.parquet")));

        _table.Commit(Epoch(2, new Schema([new Field("id", DataType.String), new Field("more", DataType.Date)]), replace: true, files: Staged("c.parquet")));

        var snapshot = DeltaTable.Open(_table.Path);
        Assert.Equal(["c.parquet"], snapshot.Files.Select(file => file.Path));
        Assert.Equal(2, snapshot.Tombstones.Count);
        Assert.Equal(new Schema([new Field("id", DataType.String), new Field("more", DataType.Date)]), snapshot.Schema);
    }

    [Fact]
    public void A_table_that_only_appends_is_not_replaced()
    {
        var options = new TableOptions { Properties = new Dictionary<string, string> { ["delta.appendOnly"] = "true" } };
        _table.Commit(Epoch(0, files: Staged("a.parquet")), options);
        Assert.Throws<DataMeshException>(() => _table.Commit(Epoch(1, replace: true), options));
    }

    [Fact]
    public void Partition_values_are_logged_by_column()
    {
        var options = new TableOptions { PartitionBy = ["STATE"] };
        _table.Commit(Epoch(0, files: [Staged("state=a%2Fb/x.parquet", 1, "a/b"), Staged("y.parquet")]), options);

        var snapshot = DeltaTable.Open(_table.Path);
        Assert.Equal(["state"], snapshot.Metadata.PartitionColumns);
        Assert.Equal(["a/b", null], snapshot.Files.Select(file => file.PartitionValues["state"]));
        Assert.Equal("state=a%252Fb/x.parquet", snapshot.Files.First().Path);
        Assert.Throws<DataMeshException>(() => _table.Commit(Epoch(1), new TableOptions { PartitionBy = ["id"] }));
    }

    [Fact]
    public void A_name_with_a_space_turns_column_mapping_on_also_later()
    {
        _table.Commit(Epoch(0));
        _table.Commit(Epoch(1, new Schema([new Field("id", DataType.Int64), new Field("Cost Total $", DataType.Float64)])));

        var snapshot = DeltaTable.Open(_table.Path);
        Assert.Equal((2, 7), (snapshot.Protocol.MinReaderVersion, snapshot.Protocol.MinWriterVersion));
        Assert.Equal(["domainMetadata", "columnMapping"], snapshot.Protocol.WriterFeatures!);
        Assert.Equal(("name", "3"), (snapshot.Metadata.ColumnMapping, snapshot.Metadata.Configuration["delta.columnMapping.maxColumnId"]));
        Assert.Equal([(1, "id"), (2, "state"), (3, "Cost Total $")], snapshot.Metadata.Schema.Select(field => (field.Id!.Value, field.PhysicalName)));
    }

    [Fact]
    public void A_table_of_an_older_protocol_is_raised_with_the_features_that_it_had()
    {
        _table.WriteEntry(0, Protocol, Metadata(Field("id", "long")));
        _table.Commit(Epoch(0));

        var protocol = DeltaTable.Open(_table.Path).Protocol;
        Assert.Equal((1, 7), (protocol.MinReaderVersion, protocol.MinWriterVersion));
        Assert.Equal(["appendOnly", "invariants", "domainMetadata"], protocol.WriterFeatures!);
    }

    [Theory]
    [InlineData("id", "integer", "{}", "{}")]
    [InlineData("id", "long", """{"delta.generationExpression":"1"}""", "{}")]
    [InlineData("id", "long", "{}", """{"delta.constraints.positive":"id > 0"}""")]
    [InlineData("id", "long", "{}", """{"delta.enableChangeDataFeed":"true"}""")]
    public void A_table_whose_rules_are_not_enforced_here_is_not_written(string name, string type, string metadata, string configuration)
    {
        _table.WriteEntry(0, """{"protocol":{"minReaderVersion":1,"minWriterVersion":4}}""", Metadata(Field(name, type, metadata), configuration));
        Assert.Throws<DataMeshException>(() => _table.Commit(Epoch(0)));
        Assert.Equal(0, DeltaTable.Open(_table.Path).Version);
    }

    [Fact]
    public async Task Committers_that_race_all_get_through_and_nothing_is_lost()
    {
        var versions = await Task.WhenAll(Enumerable.Range(0, 4).Select(app => Task.Run(() =>
            Enumerable.Range(0, 12).Select(epoch => _table.Commit(Epoch(epoch, app: $"app{app}/0", files: Staged($"{app}-{epoch}.parquet")))).ToList())));

        Assert.Equal(Enumerable.Range(0, 48).Select(version => (long)version), versions.SelectMany(each => each).Order());
        Assert.Equal(48, DeltaTable.Open(_table.Path).Files.Count);
    }
}
