using System.Text;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Json;

namespace DataMesh.Formats.Tests.Json;

public class JsonRecordTests
{
    private static readonly Schema Text = new([new Field("v", DataType.String)]);

    [Theory]
    [InlineData("{}", null)]
    [InlineData(" { \"v\" : null } ", null)]
    [InlineData("{\"v\":0}", "0")]
    [InlineData("{\"v\":-0}", "-0")]
    [InlineData("{\"v\":-0.0e+0}", "-0.0e+0")]
    [InlineData("{\"v\":1E400}", "1E400")]
    [InlineData("{\"v\":123456789012345678901234567890}", "123456789012345678901234567890")]
    [InlineData("{\"v\":true}", "true")]
    [InlineData("{\"v\":\"\"}", "")]
    [InlineData("{\"v\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "\"\\/\b\f\n\r\t")]
    [InlineData("{\"v\":\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"}", "Aé€😀")]
    [InlineData("{\"v\":\"\\ud83d\"}", "\uFFFD")]
    [InlineData("{\"v\":\"\\ude00\\ud83d x\"}", "\uFFFD\uFFFD x")]
    [InlineData("{\"v\":\"\\u0000\"}", "\0")]
    [InlineData("{\"v\":\"é€😀\u007f\"}", "é€😀\u007f")]
    [InlineData("{\"v\":[ ]}", "[]")]
    [InlineData("{\"v\":[[] , {\"a b\" : \" [ \\\" \"}]}", "[[],{\"a b\":\" [ \\\" \"}]")]
    [InlineData("{\"v\":{\"x\":1}}", "{\"x\":1}")]
    [InlineData("{\"v\":1,\"v\":2}", "2")]
    [InlineData("{\"v\":1,\"v\":null}", null)]
    [InlineData("{\"\\u0076\":7}", "7")]
    [InlineData("{\"v\":1,\"\\u0076\":7}", "7")]
    [InlineData("{\"\":1,\"v\":2}", "2")]
    public async Task Valid_records_are_read(string record, string? value)
    {
        var read = await ReadAsync(record, Text);
        Assert.Empty(read.BadRecords);
        Assert.Equal(value is null ? "" : $"v={value}", Assert.Single(read.Rows));
    }

    [Fact]
    public async Task Arrays_of_texts_are_read_the_same_behind_a_record_of_their_form()
    {
        string[] arrays = ["[]", "[\"a\"]", "[\"\",\"b,]\"]", $"[\"{new string('x', 31)}\",\"{new string('y', 32)}\"]", "[\"\\n\"]", "[\"a\",1]", "[\"a\",[]]", "[\"é€\",null]"];
        string[] broken = ["[\"a\",]", "[\"a\"", "[\"a]", "[,\"a\"]", "[\"a\"}", "[\"a\tb\"]", "[\"a\",", "["];
        var read = await ReadAsync(string.Join('\n', arrays.Concat(broken).Prepend("0").Select(each => $"{{\"v\":{each}}}")), new Schema([new Field("v", DataType.Json)]));
        Assert.Equal(arrays.Prepend("0").Select(each => $"v={each}"), read.Rows);
        Assert.Equal(broken.Select(each => $"{{\"v\":{each}}}"), read.BadRecords.Select(each => each.Record));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("\"x\"")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{\"v\"}")]
    [InlineData("{\"v\":}")]
    [InlineData("{\"v\" 1}")]
    [InlineData("{v:1}")]
    [InlineData("{'v':1}")]
    [InlineData("{\"v\":1,}")]
    [InlineData("{,\"v\":1}")]
    [InlineData("{\"v\":1 \"w\":2}")]
    [InlineData("{\"v\":1}}")]
    [InlineData("{\"v\":1} {\"v\":2}")]
    [InlineData("{\"v\":01}")]
    [InlineData("{\"v\":-}")]
    [InlineData("{\"v\":+1}")]
    [InlineData("{\"v\":.5}")]
    [InlineData("{\"v\":5.}")]
    [InlineData("{\"v\":-.5}")]
    [InlineData("{\"v\":1e}")]
    [InlineData("{\"v\":1e+}")]
    [InlineData("{\"v\":0x10}")]
    [InlineData("{\"v\":NaN}")]
    [InlineData("{\"v\":Infinity}")]
    [InlineData("{\"v\":True}")]
    [InlineData("{\"v\":nul}")]
    [InlineData("{\"v\":truex}")]
    [InlineData("{\"v\":[1,]}")]
    [InlineData("{\"v\":[1 2]}")]
    [InlineData("{\"v\":[1}")]
    [InlineData("{\"v\":{\"a\":[}]}")]
    [InlineData("{\"v\":\"a}")]
    [InlineData("{\"v\":\"\\x\"}")]
    [InlineData("{\"v\":\"\\u12g4\"}")]
    [InlineData("{\"v\":\"\\u12\"}")]
    [InlineData("{\"v\":\"a\tb\"}")]
    [InlineData("{\"v\":\"a\u0001b\"}")]
    [InlineData("{\"v\t\":1}")]
    [InlineData("{\"v\":1}//c")]
    [InlineData("{\"v\":/*c*/1}")]
    [InlineData("\uFEFF{\"v\":1}x")]
    public async Task Broken_records_are_set_aside(string record)
    {
        // Among good ones, so that the fast path meets them too, first, in the middle and last.
        var read = await ReadAsync($"{record}\n{{\"v\":1}}\n{{\"v\":2}}\n{record}\n{{\"v\":3}}\n{record}", Text);
        Assert.Equal(["v=1", "v=2", "v=3"], read.Rows);
        Assert.Equal(3, read.BadRecords.Count);
        Assert.All(read.BadRecords, each => Assert.Equal((record, QuarantineReasons.Undecodable), (each.Record, each.Reason)));
    }

    [Fact]
    public async Task A_bad_record_says_where_it_breaks()
    {
        var read = await ReadAsync("{\"v\":1}\n{\"v\":1,\"w\":tru}\n", Text);
        var bad = Assert.Single(read.BadRecords);
        Assert.Equal(8, bad.Position);
        Assert.Equal("a value is expected here (byte 19)", bad.Detail);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    [InlineData(10_000, false)]
    [InlineData(1_000_000, false)]
    public async Task Nesting_has_a_limit(int levels, bool isFine)
    {
        foreach (var text in new[]
        {
            $"{{\"v\":{new string('[', levels)}{new string(']', levels)}}}",
            $"{{\"v\":{string.Concat(Enumerable.Repeat("{\"v\":", levels))}1{new string('}', levels)}}}",
            $"{{\"unknown\":{string.Concat(Enumerable.Repeat("{\"v\":", levels))}1{new string('}', levels)}}}",
        })
        {
            var read = await ReadAsync("{\"v\":1}\n" + text + "\n{\"v\":2}", Text);
            Assert.Equal(isFine ? 3 : 2, read.Rows.Count);
            if (!isFine) Assert.Equal(QuarantineReasons.TooDeep, Assert.Single(read.BadRecords).Reason);
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_spoil_only_their_record()
    {
        byte[] text = [.. "{\"v\":\"a\"}\n{\"v\":\""u8, 0xC3, 0x28, .. "\"}\n{\"v\":\"é\"}\n"u8];
        var read = await JsonReading.ReadAsync(text, schema: Text, format: JsonFormat.Lines);
        Assert.Equal(["v=a", "v=é"], read.Rows);
        Assert.Equal((QuarantineReasons.Undecodable, 10L), (read.BadRecords[0].Reason, read.BadRecords[0].Position));
    }

    [Fact]
    public async Task A_huge_record_is_set_aside()
    {
        var huge = "{\"v\":\"" + new string('x', Limits.RecordBytesMax + 5) + "\"}";
        foreach (var text in new[] { "{\"v\":1}\n" + huge + "\n{\"v\":2}\n", $"[{{\"v\":1}},{huge},{{\"v\":2}}]" })
        {
            var read = await ReadAsync(text, Text);
            Assert.Equal(["v=1", "v=2"], read.Rows);
            Assert.Equal(QuarantineReasons.TooLarge, Assert.Single(read.BadRecords).Reason);
        }
    }

    [Theory]
    [InlineData("int64", "1", "\"x\"", "string")]
    [InlineData("int64", "1", "2.5", "float64")]
    [InlineData("int64", "1", "9223372036854775808", "string")]
    [InlineData("float64", "1.5", "9007199254740993", "string")]
    [InlineData("float64", "1.5", "true", "string")]
    [InlineData("bool", "true", "0", "string")]
    [InlineData("date", "\"2024-01-01\"", "\"2024-01-01T00:00:00Z\"", "timestamp")]
    [InlineData("timestamp", "\"2024-01-01 00:00:00\"", "\"soon\"", "string")]
    [InlineData("int64", "1", "[1]", "json")]
    [InlineData("string", "\"a\"", "{\"x\":1}", "json")]
    [InlineData("null", "null", "3", "int64")]
    public async Task Values_that_disagree_widen_while_types_may_change(string type, string good, string odd, string wider)
    {
        DataType.TryParse(type, out var parsed);
        var schema = new Schema([new Field("v", parsed)]);
        var text = $"{{\"v\":{good}}}\n{{\"v\":{good}}}\n{{\"v\":{odd}}}\n{{\"v\":{good}}}\n";
        var widening = await ReadAsync(text, schema, widening: true);
        Assert.Empty(widening.Rows);
        Assert.Empty(widening.BadRecords);
        Assert.Equal(("v", wider), (widening.Widened.Single().Column, widening.Widened.Single().Type.ToString()));
        if (type is "null" or "string") return;

        var pinned = await ReadAsync(text, schema);
        Assert.Equal(3, pinned.Rows.Count);
        var bad = Assert.Single(pinned.BadRecords);
        Assert.Equal(QuarantineReasons.Misfit, bad.Reason);
        Assert.StartsWith("column 'v': ", bad.Detail);
        Assert.EndsWith($"does not fit {type}", bad.Detail);
    }

    [Fact]
    public async Task A_pinned_plan_takes_what_fits_in_another_form()
    {
        var schema = new Schema([new Field("i", DataType.Int64), new Field("s", DataType.String), new Field("f", DataType.Float64), new Field("t", DataType.Timestamp)]);
        var read = await ReadAsync("{\"i\":5.0,\"s\":[1, 2],\"f\":3,\"t\":\"2024-01-31\"}\n{\"i\":1e3,\"s\":true,\"f\":1e-5,\"t\":null}\n", schema);
        Assert.Equal(["i=5 s=[1,2] f=3 t=2024-01-31T00:00:00Z", "i=1000 s=true f=1E-05"], read.Rows);
    }

    [Fact]
    public async Task New_members_widen_or_are_reported()
    {
        var text = "{\"v\":\"a\"}\n{\"v\":\"b\",\"n\":1,\"o\":{\"x\":true,\"y\":[1]},\"z\":null}\n{\"v\":\"c\",\"n\":2.5}\n";
        var widening = await ReadAsync(text, Text, widening: true);
        Assert.Equal([("n", DataType.Float64), ("o.x", DataType.Bool), ("o.y", DataType.Json)], widening.Widened);
        var pinned = await ReadAsync(text, Text);
        Assert.Equal(["v=a", "v=b", "v=c"], pinned.Rows);
        Assert.Equal([("n", DataType.Float64, 2L, 10L), ("o.x", DataType.Bool, 1L, 10L), ("o.y", DataType.Json, 1L, 10L)], pinned.Unknown);
    }

    [Fact]
    public async Task Two_members_of_one_column_are_refused()
    {
        var schema = new Schema([new Field("a.b", DataType.Int64)]);
        var read = await ReadAsync("{\"a.b\":1}\n{\"a\":{\"b\":2}}\n{\"a\":{\"b\":3},\"a.b\":4}\n{\"A.B\":5}", schema);
        Assert.Equal(["a.b=1", "a.b=2", "a.b=5"], read.Rows);
        Assert.Contains("two members", Assert.Single(read.BadRecords).Detail);
    }

    [Fact]
    public async Task A_repeated_object_replaces_the_one_before()
    {
        var schema = new Schema([new Field("a.x", DataType.Int64), new Field("a.y", DataType.String)]);
        var read = await ReadAsync("{\"a\":{\"x\":1,\"y\":\"p\"},\"a\":{\"x\":2}}\n{\"a\":{\"x\":1},\"a\":null}\n{\"a\":{\"x\":3,\"y\":\"q\"}}", schema);
        Assert.Equal(["a.x=2", "", "a.x=3 a.y=q"], read.Rows);
    }

    [Fact]
    public async Task Only_the_columns_asked_for_are_decoded()
    {
        var text = string.Concat(Enumerable.Range(0, 5).Select(i => $"{{\"a\":{i},\"b\":\"x{i}\",\"o\":{{\"p\":[{i}],\"q\":{i}.5}}}}\n")) + "{\"a\":1,\"b\":tru,\"o\":null}\n";
        var read = await JsonReading.ReadAsync(text, columns: [0, 3]);
        Assert.Equal(["a=0 o.q=0.5", "a=1 o.q=1.5", "a=2 o.q=2.5", "a=3 o.q=3.5", "a=4 o.q=4.5"], read.Rows);
        Assert.Single(read.BadRecords);
        Assert.Equal(["", "", "", "", ""], (await JsonReading.ReadAsync(text, columns: [])).Rows);
    }

    [Theory]
    [InlineData("{0}\n{1}\n", 1 << 20)]
    [InlineData("{0}\n{1}\n", 3)]
    [InlineData("[{0} ,\n {1}]", 1 << 20)]
    [InlineData("[{0} ,\n {1}]", 3)]
    public async Task Rows_know_where_they_came_from(string layout, int blockBytes)
    {
        var good = Enumerable.Range(0, 4).Select(i => $"{{\"v\":\"{i}\"}}").ToArray();
        var separator = layout[0] == '[' ? "," : "\n";
        var text = layout.Replace("{0}", string.Join(separator, good[0], "{\"v\":tru}", good[1], good[2])).Replace("{1}", good[3]);
        var read = await JsonReading.ReadAsync(text, schema: Text, needsOrigin: true, blockBytes: blockBytes);
        Assert.Equal(good, read.Origins.Select(each => each.Record.TrimEnd()));
        Assert.Equal(good.Select(each => (long)text.IndexOf(each)), read.Origins.Select(each => each.Position));
        Assert.Equal(text.IndexOf("{\"v\":tru}"), Assert.Single(read.BadRecords).Position);
    }

    [Fact]
    public async Task Reading_goes_on_where_a_block_ended()
    {
        var records = Enumerable.Range(0, 50).Select(i => $"{{\"v\":\"{new string('x', i % 7)}{i}\"}}").ToArray();
        foreach (var text in new[] { string.Join('\n', records), $"{{\"skip\":[1,{{}}],\"r\":[{string.Join(", ", records)}],\"end\":0}}" })
        {
            var all = await JsonReading.ReadAsync(text, schema: Text, blockBytes: 64);
            Assert.Equal(50, all.Rows.Count);
            Assert.Equal(0, all.Blocks[0].Start);
            Assert.Equal(text.Length, all.Blocks[^1].End);
            Assert.All(all.Blocks.Zip(all.Blocks.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
            foreach (var (_, end) in all.Blocks)
            {
                var before = (await JsonReading.ReadAsync(text, schema: Text, blockBytes: 64)).Blocks.TakeWhile(each => each.End <= end).Count();
                var rest = await JsonReading.ReadAsync(text, schema: Text, blockBytes: 100, from: end);
                Assert.Equal(all.Rows.TakeLast(rest.Rows.Count), rest.Rows);
                Assert.True(rest.Blocks.Count == 0 || rest.Blocks[0].Start == end, $"block {before}");
            }
        }
    }

    [Theory]
    [InlineData("[{\"v\":1},{\"v\":2}", 2, "the file ends in the middle of the document")]
    [InlineData("[{\"v\":1},{\"v\":2", 1, "the file ends in the middle of the document")]
    [InlineData("[{\"v\":1} {\"v\":2}]", 1, "a comma or closing bracket is expected here (byte 9): the document can not be read beyond it")]
    [InlineData("[{\"v\":1},]", 1, "a value is missing (byte 9): the document can not be read beyond it")]
    [InlineData("[{\"v\":1}] x", 1, "text follows the end of the document (byte 10): the document can not be read beyond it")]
    [InlineData("[{\"v\":1},x,{\"v\":2}]", 2, "a record must be an object in braces (byte 9)")]
    public async Task A_broken_document_is_set_aside_from_where_it_breaks(string text, int rows, string detail)
    {
        var read = await ReadAsync(text, Text);
        Assert.Equal(rows, read.Rows.Count);
        Assert.Equal(detail, Assert.Single(read.BadRecords).Detail);
    }

    [Fact]
    public async Task Many_rows_make_several_batches_and_keep_their_order()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 3 * Limits.BatchRowsMax / 2; i++) text.Append("{\"v\":").Append(i).Append("}\n");
        var read = await JsonReading.ReadAsync(text.ToString(), blockBytes: 8 << 20, needsOrigin: true);
        Assert.Equal(3 * Limits.BatchRowsMax / 2, read.Rows.Count);
        for (var i = 0; i < read.Rows.Count; i += 997)
        {
            Assert.Equal($"v={i}", read.Rows[i]);
            Assert.Equal($"{{\"v\":{i}}}", read.Origins[i].Record);
        }
    }

    [Fact]
    public async Task Long_texts_that_are_all_different_are_kept_whole()
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 6000).Select(i => new string((char)('a' + i % 26), random.Next(0, 150)) + i).ToList();
        var text = string.Concat(values.Select(each => $"{{\"w\":1,\"v\":\"{each}\"}}\n"));
        var read = await JsonReading.ReadAsync(text, blockBytes: 1 << 16);
        Assert.Equal(values.Select(each => $"w=1 v={each}"), read.Rows);
    }

    private static Task<JsonReading> ReadAsync(string text, Schema schema, bool widening = false) =>
        JsonReading.ReadAsync(text, Layout(text), schema, widening, format: text.StartsWith("[{") ? null : JsonFormat.Lines);

    /// <summary>The description of broken text would fail: what is tested here is the decoder.</summary>
    private static FormatOptions Layout(string text) => text.StartsWith("[{") ? new FormatOptions { RecordPath = "$[*]" } : new FormatOptions();
}
