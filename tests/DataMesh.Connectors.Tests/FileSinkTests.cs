using System.IO.Compression;
using System.Text;
using DataMesh.Connectors.Datasets;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Json;
using DataMesh.Formats.Text;

namespace DataMesh.Connectors.Tests;

public sealed class FileSinkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("file-sink-").FullName;
    private readonly ComponentContext _context;

    public FileSinkTests() => _context = new ComponentContext { BaseFolder = _folder };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Csv_quotes_what_needs_it_and_tells_null_from_empty()
    {
        var sink = new FileSink { Path = "out.csv" };
        var batch = JsonRows.Parse(
            """
            {"n":1,"t":"plain","f":0.5,"b":true}
            {"n":null,"t":"","f":-74.03836,"b":false}
            {"n":-9223372036854775808,"t":"a,b","f":1e300,"b":null}
            {"n":4,"t":"say \"x\"\nnow","f":null,"b":true}
            {"n":5,"t":null,"f":0.1,"b":true}
            """);
        await CommitAsync(sink, 1, "p1", true, batch);
        Assert.Equal("n,t,f,b\n1,plain,0.5,true\n,\"\",-74.03836,false\n-9223372036854775808,\"a,b\",1E+300,\n4,\"say \"\"x\"\"\nnow\",,true\n5,,0.1,true\n", Text("out.csv"));
    }

    [Fact]
    public async Task Ndjson_escapes_what_needs_it()
    {
        var sink = new FileSink { Path = "sub/out.ndjson" };
        var schema = new Schema([new Field("a.b", DataType.String), new Field("t", DataType.Timestamp), new Field("j", DataType.Json), new Field("d", DataType.Decimal(9, 2)), new Field("f", DataType.Float64)]);
        var columns = new ColumnBuilder[schema.Count];
        for (var i = 0; i < columns.Length; i++) columns[i] = new ColumnBuilder(schema[i].Type);
        columns[0].Append("q\"\\\n\u0001é");
        columns[1].Append(1_500_000);
        columns[2].Append("[1,{\"x\":2}]");
        columns[3].Append((Int128)(-5));
        columns[4].Append(double.NaN);
        foreach (var column in columns) column.AppendNull();
        await CommitAsync(sink, 1, "p1", true, new RecordBatch(schema, [.. columns.Select(each => each.Build())], 2));
        Assert.Equal(
            """
            {"a.b":"q\"\\\n\u0001é","t":"1970-01-01T00:00:01.5Z","j":[1,{"x":2}],"d":-0.05,"f":null}
            {"a.b":null,"t":null,"j":null,"d":null,"f":null}

            """, Text("sub/out.ndjson"));
    }

    [Fact]
    public async Task Doubles_read_back_the_same()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 20_000).Select(i => (i % 4) switch
        {
            0 => Math.Round(random.NextDouble() * 1000, i % 8),
            1 => random.NextDouble() * Math.Pow(10, random.Next(-12, 12)),
            2 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
            _ => random.Next(-1_000_000, 1_000_000) / 1e6,
        }).Select(each => double.IsFinite(each) ? each : -0.0).ToArray();
        var schema = new Schema([new Field("v", DataType.Float64)]);
        var batch = new RecordBatch(schema, [FixedColumn<double>.From(DataType.Float64, values)], values.Length);
        await CommitAsync(new FileSink { Path = "v.csv", Header = false }, 1, "p", true, batch);
        var lines = Text("v.csv").TrimEnd('\n').Split('\n');
        for (var i = 0; i < values.Length; i++)
        {
            var back = double.Parse(lines[i], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(BitConverter.DoubleToInt64Bits(values[i]), BitConverter.DoubleToInt64Bits(back));
            Assert.True(lines[i].Length <= values[i].ToString("R", System.Globalization.CultureInfo.InvariantCulture).Length, lines[i]);
        }
    }

    [Theory]
    [InlineData("out.csv")]
    [InlineData("out.csv.gz")]
    [InlineData("out.ndjson")]
    public async Task Epochs_after_the_first_are_added(string path)
    {
        var sink = new FileSink { Path = path };
        await CommitAsync(sink, 1, "p1", true, JsonRows.Parse("{\"a\":1}"));
        await CommitAsync(sink, 2, "p2", false, JsonRows.Parse("{\"a\":2}"));
        await CommitAsync(sink, 3, "p3", false);
        Assert.Equal(path.Contains("csv") ? "a\n1\n2\n" : "{\"a\":1}\n{\"a\":2}\n", Text(path));
        var state = await sink.ReadStateAsync("app", _context, default);
        Assert.Equal((2L, 3L, "p3", "{}"), (state.Version, state.Epoch, state.PreparedId, state.Domain));
        Assert.Equal("a int64", state.Schema!.ToString());
        await CommitAsync(sink, 4, "p4", true, JsonRows.Parse("{\"b\":3}"));
        Assert.Equal(path.Contains("csv") ? "b\n3\n" : "{\"b\":3}\n", Text(path));
    }

    [Fact]
    public async Task A_commit_that_is_repeated_changes_nothing()
    {
        var sink = new FileSink { Path = "out.csv" };
        var first = await StageAsync(sink, 1, "p1", true, JsonRows.Parse("{\"a\":1}"));
        Assert.Equal(0, await sink.CommitAsync(first, _context, default));
        Assert.Equal(0, await sink.CommitAsync(first, _context, default));
        Assert.Equal("a\n1\n", Text("out.csv"));
        var other = first with { PreparedId = "p9" };
        await Assert.ThrowsAsync<DataMeshException>(async () => await sink.CommitAsync(other, _context, default));
    }

    [Fact]
    public async Task A_commit_cut_short_is_finished_exactly_once()
    {
        var sink = new FileSink { Path = "out.csv" };
        await CommitAsync(sink, 1, "p1", true, JsonRows.Parse("{\"a\":1}"));
        var second = await StageAsync(sink, 2, "p2", false, JsonRows.Parse("{\"a\":2}\n{\"a\":3}"));
        // As a crash in the middle of adding would leave it: some of the rows behind the committed ones, and no note that they are committed.
        File.AppendAllText(Path.Combine(_folder, "out.csv"), "2\n3");
        await sink.CommitAsync(second, _context, default);
        Assert.Equal("a\n1\n2\n3\n", Text("out.csv"));

        // As a crash after adding, before the note, would leave it.
        var third = await StageAsync(sink, 3, "p3", false, JsonRows.Parse("{\"a\":4}"));
        var note = Path.Combine(_folder, "_datamesh", "out.csv", "commit.json");
        var before = File.ReadAllBytes(note);
        var staged = Path.Combine(_folder, third.Output.Files[0].Path);
        File.Copy(staged, staged + ".kept");
        await sink.CommitAsync(third, _context, default);
        File.WriteAllBytes(note, before);
        File.Move(staged + ".kept", staged);
        await sink.CommitAsync(third, _context, default);
        Assert.Equal("a\n1\n2\n3\n4\n", Text("out.csv"));
        Assert.Empty(Directory.GetFiles(_folder, ".*"));
    }

    [Fact]
    public async Task What_an_epoch_has_claimed_outlives_a_clean_up_until_it_is_committed()
    {
        var sink = new FileSink { Path = "out.csv" };
        var staged = await StageAsync(sink, 1, "p1", false, JsonRows.Parse("{\"a\":1}"));
        sink.Claim(staged.Output, 1, _context);
        sink.Claim(staged.Output, 1, _context);
        sink.CleanUp(0, _context);
        Assert.Equal(0, await sink.CommitAsync(staged, _context, default));
        Assert.Equal("a\n1\n", Text("out.csv"));
        Assert.Empty(Directory.GetFiles(_folder, ".*"));

        // Another one of the same epoch, that was claimed and never prepared.
        var late = await StageAsync(sink, 1, "p9", false, JsonRows.Parse("{\"a\":9}"));
        sink.Claim(late.Output, 1, _context);
        sink.CleanUp(0, _context);
        Assert.Single(Directory.GetFiles(_folder, ".*"));
        sink.CleanUp(1, _context);
        Assert.Empty(Directory.GetFiles(_folder, ".*"));
    }

    [Fact]
    public async Task What_was_cleaned_up_can_not_be_claimed_any_more()
    {
        var sink = new FileSink { Path = "out.csv" };
        var staged = await StageAsync(sink, 1, "p1", false, JsonRows.Parse("{\"a\":1}"));
        sink.CleanUp(-1, _context);
        var error = Assert.Throws<DataMeshException>(() => sink.Claim(staged.Output, 1, _context));
        Assert.True(error.MayPass);
        Assert.Contains("took the pipeline over", error.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_another_silo_staged_is_taken_back(bool isClaimed)
    {
        var sink = new FileSink { Path = "out.csv" };
        var staged = await StageAsync(sink, 1, "p1", false, JsonRows.Parse("{\"a\":1}"));
        if (isClaimed) sink.Claim(staged.Output, 1, _context);
        sink.Discard(staged.Output, _context);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Rows_that_are_not_staged_leave_nothing()
    {
        var sink = new FileSink { Path = "out.csv" };
        var batch = JsonRows.Parse("{\"a\":1}");
        await using (var writer = await sink.OpenWriterAsync(batch.Schema, _context, default))
            await writer.AppendAsync(writer.CreateEncoder().Encode([batch]), default);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Append_keeps_what_was_there_and_needs_the_same_columns()
    {
        File.WriteAllText(Path.Combine(_folder, "out.csv"), "a\n0\n");
        var sink = new FileSink { Path = "out.csv", Mode = WriteMode.Append };
        Assert.False(sink.Replaces);
        await CommitAsync(sink, 1, "p1", false, JsonRows.Parse("{\"a\":1}"));
        Assert.Equal("a\n0\n1\n", Text("out.csv"));
        var error = await Assert.ThrowsAsync<DataMeshException>(async () => await sink.OpenWriterAsync(JsonRows.Parse("{\"b\":1}").Schema, _context, default));
        Assert.Contains("the file has a; the rows have b", error.Detail);
    }

    [Fact]
    public async Task Numbered_files_hold_an_epoch_each()
    {
        var sink = new FileSink { Path = "out-{epoch}.ndjson" };
        Assert.False(sink.Replaces);
        await CommitAsync(sink, 1, "p1", false, JsonRows.Parse("{\"a\":1}"));
        await CommitAsync(sink, 2, "p2", false);
        await CommitAsync(sink, 3, "p3", false, JsonRows.Parse("{\"a\":3}"));
        Assert.Equal(["out-000001.ndjson", "out-000003.ndjson"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.Equal("{\"a\":3}\n", Text("out-000003.ndjson"));
    }

    [Fact]
    public async Task A_name_without_a_known_ending_needs_a_format()
    {
        var error = await Assert.ThrowsAsync<DataMeshException>(async () => await new FileSink { Path = "out" }.OpenWriterAsync(Schema.Empty, _context, default));
        Assert.Contains("format: csv", error.Hint);
    }

    [Theory]
    [InlineData("back.csv")]
    [InlineData("back.tsv.gz")]
    [InlineData("back.ndjson")]
    public async Task What_is_written_reads_back_the_same(string path)
    {
        string[] rows =
        [
            """{"n":1,"t":"a,b\tc","f":0.25,"b":true,"d":"2024-01-31"}""",
            """{"n":null,"t":"","f":-1E-07,"b":null,"d":null}""",
            """{"n":-5,"t":null,"f":null,"b":false,"d":"1969-12-31"}""",
            """{"n":7,"t":"say \"x\"\nnow é","f":100000000000000000000,"b":true,"d":"2024-02-29"}""",
        ];
        await CommitAsync(new FileSink { Path = path }, 1, "p", true, JsonRows.Parse(rows));
        FileFormat format = path.EndsWith("ndjson") ? new JsonFormat() : new CsvFormat();
        var file = Path.Combine(_folder, path);
        var description = format.Describe(TextHead.Read(file), new FormatOptions());
        await using var reader = await format.OpenAsync(new FileToOpen(file, new Split("0", path, 0, -1, 0, ""), 0, 1 << 20), description, new DecodePlan(description.Schema, false), default);
        var kept = new Kept();
        while (await reader.ReadAsync(default) is { } block) reader.CreateDecoder().Decode(block, kept);
        Assert.Equal(JsonRows.Write(JsonRows.Parse(rows)), kept.Rows);
    }

    private sealed class Kept : DecodeOutput
    {
        public List<string> Rows { get; } = [];

        public override bool NeedsOrigin => false;

        public override void Emit(RecordBatch batch) => Rows.AddRange(JsonRows.Write(batch));

        public override void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail) => Rows.Add(detail);

        public override void Widen(string column, DataType type) => Rows.Add($"{column} {type}");
    }

    private async Task CommitAsync(FileSink sink, long epoch, string preparedId, bool replace, params RecordBatch[] batches) =>
        await sink.CommitAsync(await StageAsync(sink, epoch, preparedId, replace, batches), _context, default);

    private async Task<SinkCommit> StageAsync(FileSink sink, long epoch, string preparedId, bool replace, params RecordBatch[] batches)
    {
        var schema = batches.Length > 0 ? batches[0].Schema : new Schema([new Field("a", DataType.Int64)]);
        await using var writer = await sink.OpenWriterAsync(schema, _context, default);
        if (batches.Length > 0) await writer.AppendAsync(writer.CreateEncoder().Encode(batches), default);
        var output = await writer.StageAsync(default);
        Assert.Equal(batches.Sum(each => each.Length), output.Rows);
        return new SinkCommit("app", epoch, preparedId, "datamesh.test.0", "{}", output, 0, replace);
    }

    private string Text(string path)
    {
        using var file = File.OpenRead(Path.Combine(_folder, path));
        using Stream text = path.EndsWith(".gz") ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
