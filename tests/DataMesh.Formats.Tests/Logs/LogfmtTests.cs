using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Logs;
using DataMesh.Formats.Tests.Csv;
using DataMesh.Formats.Tests.Text;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Logs;

public class LogfmtTests
{
    private static readonly LogFormat Format = new();

    [Theory]
    [InlineData("a=1 b=x c", """{"a":1,"b":"x","c":true}""")]
    [InlineData("  t=2024-01-01T00:00:00Z\tn=-1.5e3  z=007 ", """{"t":"2024-01-01T00:00:00Z","n":-1.5e3,"z":"007"}""")]
    [InlineData("a= b=- c=\"\" d=null", """{"a":null,"b":null,"c":"","d":null}""")]
    [InlineData("url=http://x/?a=b&c=d ok=true no=false", """{"url":"http://x/?a=b&c=d","ok":true,"no":false}""")]
    [InlineData(@"m=""say \""hi\"" \u00e9\n"" p=""C:\dir\x41"" q=""\'\a"" ", @"{""m"":""say \""hi\"" \u00e9\n"",""p"":""C:\\dir\u0041"",""q"":""'\u0007""}")]
    [InlineData("p=C:\\dir é=ü q=\"a\tb\"", @"{""p"":""C:\\dir"",""é"":""ü"",""q"":""a\u0009b""}")]
    [InlineData("n=1. m=.5 o=+1 p=1e q=0 r=-0 s=0x1 t=- u=1.5.2", """{"n":"1.","m":".5","o":"+1","p":"1e","q":0,"r":-0,"s":"0x1","t":null,"u":"1.5.2"}""")]
    public void Lines_become_records(string line, string expected) => Assert.Equal(expected, Write(line, out _));

    [Theory]
    [InlineData("just some words", "the line has no key=value")]
    [InlineData("a=1 =2", "a key is expected (column 5)")]
    [InlineData("a=1 b=\"open", "a quote is not closed (column 7)")]
    [InlineData("a=\"x\"y b=1", "a space is expected behind a quoted value (column 6)")]
    [InlineData("a=x\"y\"", "a quote stands in a value (column 4)")]
    [InlineData("a\"b=1", "a quote stands in a key (column 2)")]
    [InlineData("a=\"x\\", "a quote is not closed (column 3)")]
    public void Other_lines_are_told_what_is_wrong(string line, string problem)
    {
        Assert.Null(Write(line, out var told));
        Assert.Equal(problem, told);
    }

    [Fact]
    public async Task Columns_are_found_as_in_records_and_bad_lines_are_set_aside_as_they_were()
    {
        const string text = "at=2024-01-01T00:00:00Z level=info ms=5 msg=\"a b\"\n\nnonsense\r\nlevel=warn ms=1.5 cached http.status=404\r\nlevel=\"x\nat=- level=error";
        var (description, output) = await ReadAsync(text, new FormatOptions { Pattern = "logfmt" });
        Assert.Equal("at timestamp, level string, ms float64, msg string, cached bool, http.status int64", description.Schema.ToString());
        Assert.Equal("3 of 5", description.Facts["matching lines in sample"]);
        Assert.True(description.MembersVary);
        Assert.Equal(["2024-01-01T00:00:00Z", "info", "5", "a b", null, null], output.Rows[0]);
        Assert.Equal([null, "warn", "1.5", null, "true", "404"], output.Rows[1]);
        Assert.Equal([null, "error", null, null, null, null], output.Rows[2]);
        Assert.Equal(["nonsense", "level=\"x"], output.BadRecords.Select(bad => bad.Record));
        Assert.All(output.BadRecords, bad => Assert.Equal(text.IndexOf(bad.Record, StringComparison.Ordinal), bad.Position));
        Assert.Equal(["at=2024-01-01T00:00:00Z level=info ms=5 msg=\"a b\"", "level=warn ms=1.5 cached http.status=404", "at=- level=error"], output.Origins.Select(origin => origin.Text));
        Assert.Equal([0, text.IndexOf("level=warn", StringComparison.Ordinal), text.IndexOf("at=-", StringComparison.Ordinal)], output.Origins.Select(origin => (int)origin.Position));
    }

    [Fact]
    public async Task Misfits_are_the_lines_themselves()
    {
        var (_, output) = await ReadAsync("a=1 b=2\na=x b=3\n", new FormatOptions { Pattern = "logfmt", Types = new Dictionary<string, DataType> { ["a"] = DataType.Int64 } });
        var bad = Assert.Single(output.BadRecords);
        Assert.Equal(("a=x b=3", QuarantineReasons.Misfit, 8L), (bad.Record, bad.Reason, bad.Position));
    }

    [Fact]
    public void Several_pairs_a_line_are_recognised_and_settings_or_words_are_not()
    {
        Assert.True(Recognise("ts=1 level=info msg=\"a, b\"\nts=2 level=warn msg=c\n") > 0.9);
        Assert.Equal(0, Recognise("NAME=value\nOTHER=x\n"));
        Assert.Equal(0, Recognise("a = 1 and b = 2 make c = 3\n"));
    }

    [Fact]
    public async Task A_file_without_such_lines_is_refused()
    {
        var error = await Assert.ThrowsAsync<DataMeshException>(() => ReadAsync("hello world\n", new FormatOptions { Pattern = "logfmt" }));
        Assert.Contains("key=value", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_are_a_record_is_json_and_fits_its_room()
    {
        var random = new Random(9);
        const string signs = "ab=\" \\uxn01.-e\t\u0001é/'";
        for (var i = 0; i < 20_000; i++)
        {
            var line = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => signs[random.Next(signs.Length)])));
            if (line.Length > 0 && random.Next(20) == 0) line[random.Next(line.Length)] = (byte)random.Next(256);
            var target = new byte[LogfmtLine.RoomFor(line.Length)];
            var length = LogfmtLine.Write(line, target, out var problem, out _, out _);
            Assert.Equal(length < 0, problem is not null);
            if (length < 0) continue;
            using var document = System.Text.Json.JsonDocument.Parse(target.AsMemory(0, length));
            Assert.Equal(System.Text.Json.JsonValueKind.Object, document.RootElement.ValueKind);
        }
    }

    private static double Recognise(string text)
    {
        using var file = new TempFile(Encoding.UTF8.GetBytes(text), ".log");
        var head = TextHead.Read(file.Path);
        var sure = Format.Recognise(head);
        Assert.True(sure == 0 || sure > new CsvFormat().Recognise(head));
        return sure;
    }

    private static string? Write(string line, out string? problem)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        var target = new byte[LogfmtLine.RoomFor(bytes.Length)];
        var length = LogfmtLine.Write(bytes, target, out problem, out _, out _);
        return length < 0 ? null : Encoding.UTF8.GetString(target, 0, length);
    }

    private static async Task<(FormatDescription Description, CollectedOutput Output)> ReadAsync(string text, FormatOptions options)
    {
        using var file = new TempFile(Encoding.UTF8.GetBytes(text), ".log");
        var description = Format.Describe(TextHead.Read(file.Path), options);
        var output = new CollectedOutput();
        await using var reader = await Format.OpenAsync(new FileToOpen(file.Path, new Split("0", "log", 0, -1, text.Length, ""), 0, 1 << 16), description, new DecodePlan(description.Schema, false), default);
        var decoder = reader.CreateDecoder();
        while (await reader.ReadAsync(default) is { } block)
        {
            decoder.Decode(block, output);
            block.Dispose();
        }

        return (description, output);
    }
}
