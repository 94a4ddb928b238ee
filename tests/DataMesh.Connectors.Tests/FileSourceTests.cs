using System.IO.Compression;
using DataMesh.Connectors.Files;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Connectors.Tests;

public sealed class FileSourceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("datamesh-files-");

    private ComponentContext Context => new() { BaseFolder = _folder.FullName };

    public void Dispose() => _folder.Delete(true);

    [Theory]
    [InlineData("*.csv", "a.csv b.csv")]
    [InlineData("**/*.csv", "a.csv b.csv sub/c.csv sub/deep/d.csv")]
    [InlineData("sub/**", "sub/c.csv sub/deep/d.csv")]
    [InlineData("[ab].csv", "a.csv b.csv")]
    [InlineData("[!a].csv", "b.csv")]
    [InlineData("{a,sub/c}.csv", "a.csv sub/c.csv")]
    [InlineData("?.csv", "a.csv b.csv")]
    [InlineData("sub", "sub/c.csv sub/deep/d.csv")]
    [InlineData("_hidden/e.csv", "_hidden/e.csv")]
    public async Task Paths_folders_and_patterns_name_files(string path, string expected)
    {
        foreach (var name in new[] { "a.csv", "b.csv", "sub/c.csv", "sub/deep/d.csv", "_hidden/e.csv", ".f.csv" }) Write(name, "x\n1\n");
        Assert.Equal(expected.Split(' '), (await SplitsAsync(Source(path))).Select(each => each.Id));
    }

    [Fact]
    public async Task Files_with_different_columns_come_together_by_name()
    {
        Write("1.csv", "id,name\n1,ann\n");
        Write("2.csv", "name;id;price\nbob;2;1.5\n");
        Write("3.csv", "");
        var source = Source("*.csv");
        var description = await source.DescribeAsync(Context, default);
        Assert.Equal("id int64, name string, price float64", description.Schema.ToString());
        Assert.Equal("1|ann|null;2|bob|1.5", await RowsAsync(source, description.Schema));
    }

    [Fact]
    public async Task Formats_and_compressions_may_be_mixed()
    {
        Write("1.csv", "id,name\n1,ann\n2,bob\n");
        Write("2.ndjson", "{\"id\":3,\"name\":\"cid\"}\n{\"id\":4,\"name\":\"dan\"}\n");
        using (var gzip = new GZipStream(File.Create(Path.Combine(_folder.FullName, "3.gz")), CompressionMode.Compress)) gzip.Write("name\tid\neve\t5\n"u8);
        var source = Source("*");
        var description = await source.DescribeAsync(Context, default);
        Assert.Equal("csv, json", description.Facts["format"].Replace("ndjson", "json", StringComparison.Ordinal));
        Assert.Equal("1|ann;2|bob;3|cid;4|dan;5|eve", await RowsAsync(source, description.Schema));
    }

    [Fact]
    public async Task A_zero_byte_in_declared_text_is_kept_in_its_value()
    {
        Write("a.csv", "id,v\n1,a\0b\n2,c\n");
        var guessing = await Assert.ThrowsAsync<DataMeshException>(async () => await Source("a.csv").DescribeAsync(Context, default));
        Assert.Contains("format", guessing.Hint, StringComparison.Ordinal);
        var source = new FileSource { Path = ["a.csv"], Format = FileFormatName.Csv };
        var description = await source.DescribeAsync(Context, default);
        Assert.Equal("1|a\0b;2|c", await RowsAsync(source, description.Schema));
    }

    [Fact]
    public async Task What_is_no_text_at_all_is_not_read_as_declared()
    {
        Write("a.csv", string.Concat(Enumerable.Repeat("\0\u0001\u0002xyz", 50)));
        var error = await Assert.ThrowsAsync<DataMeshException>(async () => await new FileSource { Path = ["a.csv"], Format = FileFormatName.Csv }.DescribeAsync(Context, default));
        Assert.DoesNotContain("'format'", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Declared_types_hold_and_misfits_are_bad()
    {
        Write("a.csv", "zip,price\n1234,1.50\n5678,x\n");
        var source = new FileSource { Path = ["a.csv"], Types = { { "zip", DataType.String }, { "price", DataType.Decimal(6, 2) } } };
        var description = await source.DescribeAsync(Context, default);
        Assert.Equal("zip string, price decimal(6,2)", description.Schema.ToString());
        Assert.Equal("1234|1.50", await RowsAsync(source, description.Schema, isWidening: true));
        source.Types.Add("zipp", DataType.String);
        Assert.Contains("'zip'", (await Assert.ThrowsAsync<DataMeshException>(async () => await source.DescribeAsync(Context, default))).Hint);
    }

    [Fact]
    public async Task Late_values_in_a_large_file_are_seen()
    {
        var lines = Enumerable.Range(0, 600_000).Select(i => i < 500_000 ? $"{i},{i}" : $"{i},{i}.5");
        File.WriteAllLines(Path.Combine(_folder.FullName, "big.csv"), lines.Prepend("a,b"));
        var description = await Source("big.csv").DescribeAsync(Context, default);
        Assert.Equal("a int64, b float64", description.Schema.ToString());
    }

    [Theory]
    [InlineData("birdstrike.csv", "There is no file 'birdstrike.csv'.", "'birdstrikes.csv'")]
    [InlineData("*.parquet", "No file matches '*.parquet'.", "pattern")]
    [InlineData("garbage", "The format of the file is not known.", "format")]
    public async Task Errors_say_what_is_wrong(string path, string message, string? hint)
    {
        Write("birdstrikes.csv", "a\n1\n");
        File.WriteAllBytes(Path.Combine(_folder.FullName, "garbage"), [.. Enumerable.Range(0, 4000).Select(i => (byte)(i * 7919 >> 3))]);
        var error = await Assert.ThrowsAsync<DataMeshException>(async () => await Source(path).DescribeAsync(Context, default));
        Assert.Equal(message, error.Message);
        if (hint is not null) Assert.Contains(hint, error.Hint);
    }

    [Theory]
    [InlineData("a.csv", "")]
    [InlineData("a.csv", "\n\n")]
    [InlineData("a.csv", "\uFEFF")]
    [InlineData("a.ndjson", "")]
    [InlineData("a.json", "[]")]
    [InlineData("a.json", " [\n ]\n")]
    public async Task Empty_files_hold_zero_rows(string name, string text)
    {
        Write(name, text);
        var description = await Source(name).DescribeAsync(Context, default);
        Assert.Equal((true, 0), (description.IsEmpty, description.Schema.Count));
        Assert.Empty(await SplitsAsync(Source(name)));
        Assert.Equal("", await RowsAsync(Source(name), description.Schema));
    }

    [Fact]
    public async Task Header_alone_has_columns_and_no_rows()
    {
        Write("a.csv", "id,amount\n");
        var description = await Source("a.csv").DescribeAsync(Context, default);
        Assert.Equal((false, "id null, amount null"), (description.IsEmpty, description.Schema.ToString()));
    }

    [Fact]
    public async Task Empty_list_under_a_record_path_holds_zero_rows_and_a_wrong_path_is_an_error()
    {
        Write("a.json", """{"type": "x", "features": []}""");
        Assert.True((await new FileSource { Path = ["a.json"], RecordPath = "$.features[*]" }.DescribeAsync(Context, default)).IsEmpty);
        await Assert.ThrowsAsync<DataMeshException>(async () => await new FileSource { Path = ["a.json"], RecordPath = "$.featurs[*]" }.DescribeAsync(Context, default));
    }

    [Fact]
    public async Task Empty_files_among_others_change_nothing()
    {
        Write("a1.json", "[]");
        Write("a2.json", """[{"id": 1}]""");
        Write("a3.json", "");
        var description = await Source("a*.json").DescribeAsync(Context, default);
        Assert.Equal("id int64", description.Schema.ToString());
        Assert.Equal("1", await RowsAsync(Source("a*.json"), description.Schema));
    }

    [Fact]
    public async Task Identity_changes_with_the_content()
    {
        Write("a.csv", "a\n1\n");
        var before = (await SplitsAsync(Source("a.csv")))[0];
        Write("a.csv", "a\n2\n");
        var after = (await SplitsAsync(Source("a.csv")))[0];
        Assert.Equal(before.Id, after.Id);
        Assert.NotEqual(before.Identity, after.Identity);
    }

    private static FileSource Source(string path) => new() { Path = [path] };

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private async Task<List<Split>> SplitsAsync(FileSource source)
    {
        var splits = new List<Split>();
        await foreach (var split in source.EnumerateAsync(Context, default)) splits.Add(split);
        return splits;
    }

    private async Task<string> RowsAsync(FileSource source, Schema schema, bool isWidening = false)
    {
        var output = new TextRows();
        foreach (var split in await SplitsAsync(source))
        {
            await using var reader = await source.OpenAsync(split, split.Start, new DecodePlan(schema, isWidening), Context, default);
            var decoder = reader.CreateDecoder();
            while (await reader.ReadAsync(default) is { } block)
            {
                decoder.Decode(block, output);
                block.Dispose();
            }
        }

        return string.Join(';', output.Rows);
    }

    private sealed class TextRows : DecodeOutput
    {
        public List<string> Rows { get; } = [];

        public override bool NeedsOrigin => false;

        public override void Emit(RecordBatch batch)
        {
            for (var row = 0; row < batch.Length; row++)
                Rows.Add(string.Join('|', batch.Columns.Select(column => ValueText.Format(column, row) ?? "null")));
            batch.Dispose();
        }

        public override void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail)
        {
        }

        public override void Widen(string column, DataType type) => Rows.Add($"widen {column} {type}");
    }
}
