using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;
using static DataMesh.Formats.Tests.Delta.TempTable;

namespace DataMesh.Formats.Tests.Delta;

public sealed class DeltaTableTests : IDisposable
{
    private readonly TempTable _table = new();

    public void Dispose() => _table.Dispose();

    [Fact]
    public void A_later_action_replaces_an_earlier_one()
    {
        _table.WriteEntry(0, Protocol, Metadata(Field("a", "long")), Add("one.parquet"), Add("two.parquet"), """{"txn":{"appId":"x","version":5}}""");
        _table.WriteEntry(1, Remove("one.parquet"), """{"txn":{"appId":"x","version":4}}""", """{"futureAction":{"a":1}}""");

        var now = DeltaTable.Open(_table.Path);

        Assert.Equal(1, now.Version);
        Assert.Equal(["two.parquet"], now.Files.Select(file => file.Path));
        Assert.Equal(["one.parquet"], now.Tombstones.Select(file => file.Path));
        Assert.Equal(4, now.Transactions["x"].Version);
        Assert.Equal(2, DeltaTable.Open(_table.Path, 0).Files.Count);
    }

    [Fact]
    public void A_removed_domain_is_gone()
    {
        _table.WriteEntry(0, Protocol, Metadata(Field("a", "long")), """{"domainMetadata":{"domain":"d","configuration":"{}","removed":false}}""", """{"domainMetadata":{"domain":"e","configuration":"x","removed":false}}""");
        _table.WriteEntry(1, """{"domainMetadata":{"domain":"d","configuration":"","removed":true}}""");

        Assert.Equal(["e"], DeltaTable.Open(_table.Path).Domains.Keys);
    }

    [Fact]
    public void Paths_that_decode_to_the_same_file_are_the_same_file()
    {
        _table.WriteEntry(0, Protocol, Metadata(Field("a", "long")), Add("a%20b.parquet"), Add("c.parquet"));
        _table.WriteEntry(1, Remove("a b.parquet"));

        Assert.Equal(["c.parquet"], DeltaTable.Open(_table.Path).Files.Select(file => file.Path));
    }

    [Fact]
    public void Files_of_different_deletion_vectors_are_different_files()
    {
        const string vector = ""","deletionVector":{"storageType":"u","pathOrInlineDv":"abc","offset":1,"sizeInBytes":3,"cardinality":1}""";
        _table.WriteEntry(0, Protocol, Metadata(Field("a", "long")), Add("a.parquet"));
        _table.WriteEntry(1, Add("a.parquet", vector), Remove("a.parquet"));

        Assert.Equal("uabc@1", Assert.Single(DeltaTable.Open(_table.Path).Files).Key.DeletionVectorId);
    }

    [Theory]
    [InlineData("""{"protocol":{"minReaderVersion":4,"minWriterVersion":7}}""", "reader version 4")]
    [InlineData("""{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors","columnMapping"],"writerFeatures":["deletionVectors","columnMapping"]}}""", "deletionVectors")]
    public void A_table_that_can_not_be_read_right_is_refused(string protocol, string detail)
    {
        _table.WriteEntry(0, protocol, Metadata(Field("a", "long")));
        Assert.Equal(detail, Assert.Throws<DataMeshException>(() => DeltaTable.Open(_table.Path)).Detail);
    }

    [Fact]
    public void A_gap_in_the_log_is_an_error_that_names_it()
    {
        _table.WriteEntry(0, Protocol, Metadata(Field("a", "long")));
        _table.WriteEntry(2, Add("a.parquet"));

        Assert.Contains("log entry 1 is missing", Assert.Throws<DataMeshException>(() => DeltaTable.Open(_table.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_without_its_first_actions_is_an_error()
    {
        _table.WriteEntry(0, Metadata(Field("a", "long")));
        Assert.Contains("no protocol", Assert.Throws<DataMeshException>(() => DeltaTable.Open(_table.Path)).Message, StringComparison.Ordinal);
        _table.WriteEntry(0, Protocol);
        Assert.Contains("no metaData", Assert.Throws<DataMeshException>(() => DeltaTable.Open(_table.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torn_entry_is_an_error_with_its_line()
    {
        _table.WriteEntry(0, Protocol, Metadata(Field("a", "long")), """{"add":{"path":"a""");
        Assert.Equal(3, Assert.Throws<DataMeshException>(() => DeltaTable.Open(_table.Path)).Location!.Value.Line);
    }

    [Fact]
    public void No_table_is_an_error_and_so_is_a_version_that_never_was()
    {
        Assert.Throws<DataMeshException>(() => DeltaTable.Open(_table.Path));
        Assert.Null(DeltaTable.At(_table.Path).Current);
        _table.WriteEntry(0, Protocol, Metadata(Field("a", "long")));
        Assert.Contains("newest version is 0", Assert.Throws<DataMeshException>(() => DeltaTable.Open(_table.Path, 3)).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_read_in_this_programs_types()
    {
        const string nested = """{"type":"struct","fields":[{"name":"x","type":"short","nullable":true,"metadata":{}},{"name":"l","type":{"type":"array","elementType":"long","containsNull":true},"nullable":true,"metadata":{}}]}""";
        _table.WriteEntry(0, Protocol, Metadata(string.Join(',', Field("a", "integer"), Field("b", "decimal(10,2)"), Field("c", "string", """{"datamesh.type":"json"}"""),
            Field("d", "timestamp_ntz"), Field("e", "float"), Field("n", nested), Field("v", "variant"))));

        Assert.Equal(
            new Schema([new("a", DataType.Int64), new("b", DataType.Decimal(10, 2)), new("c", DataType.Json), new("d", DataType.Timestamp), new("e", DataType.Float64), new("n.x", DataType.Int64), new("n.l", DataType.Json)]),
            DeltaTable.Open(_table.Path).Schema);
    }

    [Fact]
    public void A_table_whose_metadata_has_no_schema_has_no_columns_yet()
    {
        _table.WriteEntry(0, Protocol, """{"metaData":{"id":"11111111-1111-1111-1111-111111111111","format":{"provider":"parquet","options":{}},"partitionColumns":[],"configuration":{}}}""");
        Assert.Empty(DeltaTable.Open(_table.Path).Schema);

        _table.Commit(Epoch(0, files: Staged("a.parquet")));
        Assert.Equal(Rows, DeltaTable.Open(_table.Path).Schema);
    }

    [Fact]
    public void Refreshing_reads_on_and_notices_that_a_table_was_replaced()
    {
        _table.WriteEntry(0, Protocol, Metadata(Field("a", "long")), Add("a.parquet"));
        var table = DeltaTable.At(_table.Path);
        var first = table.Current!;
        _table.WriteEntry(1, Add("b.parquet"));
        Assert.Equal(2, table.Refresh()!.Files.Count);
        Assert.Single(first.Files);

        Directory.Delete(LogFolder.Of(_table.Path), recursive: true);
        _table.WriteEntry(0, Protocol, Metadata(Field("a", "long")));
        _table.WriteEntry(1, Add("other.parquet"), Add("another.parquet"));
        _table.WriteEntry(2, Add("third.parquet"));
        Assert.Equal(["another.parquet", "other.parquet", "third.parquet"], table.Refresh()!.Files.Select(file => file.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void History_is_newest_first()
    {
        _table.Commit(Epoch(0, files: Staged("a.parquet", 3)));
        _table.Commit(Epoch(1, files: [Staged("b.parquet", 4), Staged("c.parquet", 5)]));

        var history = DeltaTable.History(_table.Path).ToList();

        Assert.Equal([1, 0], history.Select(entry => entry.Version));
        Assert.Equal(9, history[0].RowsAdded);
        Assert.Equal(2, history[0].FilesAdded);
        Assert.Equal("CREATE TABLE AS SELECT", history[1].Operation);
        Assert.Equal(NowMs + 1, history[0].TimeMs);
    }
}
