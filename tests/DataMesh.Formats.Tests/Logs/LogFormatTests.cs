using System.Text;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Logs;
using DataMesh.Formats.Tests.Csv;
using DataMesh.Formats.Tests.Text;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Logs;

public class LogFormatTests
{
    private static readonly LogFormat Format = new();

    [Fact]
    public async Task Combined_lines_are_found_and_taken_apart()
    {
        const string text = """
            127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326 "http://x/start" "Mozilla/4.08 [en]"
            ::1 - - [11/Oct/2000:00:00:00 +0000] "POST /b?x=1 HTTP/1.1" 404 - "-" "curl, \"7\""
            nonsense
            """;
        var (description, output) = await ReadAsync(text, repeat: 10);
        Assert.Equal("combined", description.Facts["pattern"]);
        Assert.Equal("client string, ident null, user string, time timestamp, method string, path string, protocol string, request null, status int64, bytes int64, referer string, agent string", description.Schema.ToString());
        Assert.Equal(["127.0.0.1", null, "frank", "2000-10-10T20:55:36Z", "GET", "/a.gif", "HTTP/1.0", null, "200", "2326", "http://x/start", "Mozilla/4.08 [en]"], output.Rows[0]);
        Assert.Equal(["::1", null, null, "2000-10-11T00:00:00Z", "POST", "/b?x=1", "HTTP/1.1", null, "404", null, null, "curl, \\\"7\\\""], output.Rows[1]);
        Assert.Equal(20, output.Rows.Count);
        Assert.Equal(10, output.BadRecords.Count);
        Assert.Equal(("nonsense", QuarantineReasons.Undecodable), (output.BadRecords[0].Record, output.BadRecords[0].Reason));
        Assert.Equal(text.IndexOf("nonsense", StringComparison.Ordinal), output.BadRecords[0].Position);
        Assert.Equal(text.Split('\n')[1], output.Origins[1].Text);
    }

    [Theory]
    [InlineData("Oct 11 22:14:15 mymachine su[42]: 'su root' failed", "syslog", "host=mymachine app=su process=42 message='su root' failed")]
    [InlineData("<165>1 2003-10-11T22:14:15.003Z host.example.com evntslog - ID47 [a b=\"c\"] An event", "syslog5424", "priority=165 time=2003-10-11T22:14:15.003Z app=evntslog message=An event")]
    [InlineData("10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.0\" 304 0", "common", "client=10.0.0.1 status=304 bytes=0")]
    public async Task Named_forms_are_found(string line, string pattern, string expected)
    {
        var (description, output) = await ReadAsync(line + "\n", repeat: 3);
        Assert.Equal(pattern, description.Facts["pattern"]);
        var row = description.Schema.Names.Zip(output.Rows[0]).ToDictionary(each => each.First, each => each.Second);
        foreach (var part in System.Text.RegularExpressions.Regex.Split(expected, " (?=[a-z]+=)"))
            Assert.Equal(part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..], row[part[..part.IndexOf('=', StringComparison.Ordinal)]]);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 6)]
    public void A_log_among_other_lines_is_still_a_log(int lines, int others)
    {
        var text = Numbered(lines, i => $"10.0.0.{i} - - [11/Oct/2000:13:55:36 +0000] \"GET /{i} HTTP/1.1\" 200 5\n") + Numbered(others, i => $"rubbish, line {i}\n"[(i % 2 * 8)..]);
        using var file = new TempFile(Encoding.UTF8.GetBytes(text), ".log");
        var head = TextHead.Read(file.Path);
        Assert.True(Format.Recognise(head) > new CsvFormat().Recognise(head));
        Assert.Equal("common", Format.Describe(head, new FormatOptions()).Facts["pattern"]);
    }

    [Fact]
    public void A_table_with_some_lines_of_a_log_in_it_stays_a_table()
    {
        var text = Numbered(3, i => $"10.0.0.{i} - - [11/Oct/2000:13:55:36 +0000] \"GET /{i} HTTP/1.1\" 200 5\n") + Numbered(6, i => $"{i},a,b,c\n");
        using var file = new TempFile(Encoding.UTF8.GetBytes(text), ".txt");
        var head = TextHead.Read(file.Path);
        Assert.True(Format.Recognise(head) < new CsvFormat().Recognise(head));
    }

    private static string Numbered(int count, Func<int, string> line) => string.Concat(Enumerable.Range(1, count).Select(line));

    [Theory]
    [InlineData("%{IP:ip} took %{NUMBER:seconds}s")]
    [InlineData(@"(?<ip>\S+) took (?<seconds>[\d.]+)s")]
    public async Task Declared_patterns_are_used(string pattern)
    {
        var (description, output) = await ReadAsync("10.0.0.7 took 1.25s\n10.0.0.8 took 3s\n", pattern);
        Assert.Equal("ip string, seconds float64", description.Schema.ToString());
        Assert.Equal([["10.0.0.7", "1.25"], ["10.0.0.8", "3"]], output.Rows);
    }

    [Theory]
    [InlineData("%{WROD:x}", "'WORD'")]
    [InlineData("combine", "'combined'")]
    [InlineData("(?<x>a)(?=b)", "linear")]
    public async Task Wrong_patterns_get_a_hint(string pattern, string hint)
    {
        var error = await Assert.ThrowsAsync<DataMeshException>(() => ReadAsync("a\n", pattern));
        Assert.Contains(hint, error.Hint);
    }

    private static async Task<(FormatDescription Description, CollectedOutput Output)> ReadAsync(string text, string? pattern = null, int repeat = 1)
    {
        text = string.Concat(Enumerable.Repeat(text.EndsWith('\n') ? text : text + "\n", repeat));
        using var file = new TempFile(Encoding.UTF8.GetBytes(text), ".log");
        var head = TextHead.Read(file.Path);
        var options = new FormatOptions { Pattern = pattern };
        var description = pattern is null && repeat > 3 ? Format.Describe(head, options with { Pattern = "combined" }) : Format.Describe(head, options);
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
