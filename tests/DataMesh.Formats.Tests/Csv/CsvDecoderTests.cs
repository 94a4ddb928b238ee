using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Tests.Csv;

public class CsvDecoderTests
{
    [Fact]
    public async Task Every_type_is_inferred_and_decoded()
    {
        const string text = "i,f,b,s,d,t,z\n" +
            "1,1.5,true,abc,2024-01-31,2024-01-31 12:34:56,00123\n" +
            "-2,-0.25,FALSE,\"x, \"\"y\"\"\",1969-12-31,2024-01-31T12:34:56.5Z,7\n" +
            ",,,,,,\n" +
            "9223372036854775807,1e-3,False,\"\",2000-02-29,2024-01-31T12:34:56+02:00,8\n";
        Assert.Equal("i int64, f float64, b bool, s string, d date, t timestamp, z string", CsvFile.Describe(text).Schema.ToString());
        var output = await CsvFile.ReadAsync(text);
        Assert.Empty(output.BadRecords);
        Assert.Equal(["1", "1.5", "true", "abc", "2024-01-31", "2024-01-31T12:34:56Z", "00123"], output.Rows[0]);
        Assert.Equal(["-2", "-0.25", "false", "x, \"y\"", "1969-12-31", "2024-01-31T12:34:56.5Z", "7"], output.Rows[1]);
        Assert.All(output.Rows[2], Assert.Null);
        Assert.Equal(["9223372036854775807", "0.001", "false", "", "2000-02-29", "2024-01-31T10:34:56Z", "8"], output.Rows[3]);
    }

    [Fact]
    public async Task Wrong_field_counts_are_set_aside_with_bytes_and_position()
    {
        var output = await CsvFile.ReadAsync("a,b\n1,2\n3\n4,5,6\n\n7,8\n");
        Assert.Equal([["1", "2"], ["7", "8"]], output.Rows);
        Assert.Equal([("3", 8L, QuarantineReasons.FieldCount), ("4,5,6", 10L, QuarantineReasons.FieldCount)],
            output.BadRecords.Select(each => (each.Record, each.Position, each.Reason)));
        Assert.Equal([(4L, "1,2"), (17L, "7,8")], output.Origins);
    }

    [Fact]
    public async Task A_value_that_disagrees_widens_its_column_and_nothing_is_emitted()
    {
        var schema = new Schema([new Field("a", DataType.Int64), new Field("b", DataType.Int64), new Field("c", DataType.Date)]);
        var output = await CsvFile.ReadAsync("a,b,c\n1,2,2024-01-01\n1.5,x,2024-01-01T10:00:00Z\n", schema: schema, isWidening: true);
        Assert.Empty(output.Rows);
        Assert.Equal(DataType.Float64, output.Widenings["a"]);
        Assert.Equal(DataType.String, output.Widenings["b"]);
        Assert.Equal(DataType.Timestamp, output.Widenings["c"]);
    }

    [Fact]
    public async Task A_value_that_disagrees_with_a_fixed_type_is_a_misfit()
    {
        var schema = new Schema([new Field("a", DataType.Int64), new Field("b", DataType.Bool)]);
        var output = await CsvFile.ReadAsync("a,b\n1,true\n1.5,no\n3,false\n", schema: schema);
        Assert.Equal([["1", "true"], ["3", "false"]], output.Rows);
        var bad = Assert.Single(output.BadRecords);
        Assert.Equal(("1.5,no", 11L, QuarantineReasons.Misfit, "column 'a': '1.5' is no int64"), bad);
        Assert.Equal([(4L, "1,true"), (18L, "3,false")], output.Origins);
    }

    [Fact]
    public async Task Columns_are_matched_by_name_and_missing_ones_are_null()
    {
        var schema = new Schema([new Field("c", DataType.String), new Field("A", DataType.Int64), new Field("x", DataType.Float64)]);
        var output = await CsvFile.ReadAsync("a,b,c\n1,2,q\n", schema: schema);
        Assert.Equal(["q", "1", null], Assert.Single(output.Rows));
        output = await CsvFile.ReadAsync("a,b,c\n1,2,q\n", schema: schema, isWidening: true);
        Assert.Equal(DataType.Int64, output.Widenings["b"]);
        output = await CsvFile.ReadAsync("a,b,c\n1,2,q\n", columns: [2]);
        Assert.Equal(["q"], Assert.Single(output.Rows));
    }

    [Fact]
    public async Task Integers_stay_exact_or_become_text()
    {
        Assert.Equal(DataType.String, CsvFile.Describe("a\n9007199254740993\n1.5\n").Schema[0].Type);
        Assert.Equal(DataType.Float64, CsvFile.Describe("a\n9007199254740992\n1.5\n").Schema[0].Type);
        Assert.Equal(DataType.String, CsvFile.Describe("a\n9223372036854775808\n1\n").Schema[0].Type);
        var schema = new Schema([new Field("a", DataType.Float64)]);
        var output = await CsvFile.ReadAsync("a\n1.5\n9007199254740993\n", schema: schema, isWidening: true);
        Assert.Equal(DataType.String, output.Widenings["a"]);
    }

    [Fact]
    public async Task Null_texts_count_only_without_quotes()
    {
        var output = await CsvFile.ReadAsync("n,s\n1,NA\nNA,\"NA\"\n-,x\n", new FormatOptions { NullValues = ["NA", "-"] });
        Assert.Equal([["1", null], [null, "NA"], [null, "x"]], output.Rows);
    }

    [Fact]
    public async Task Times_without_a_zone_are_read_in_the_declared_one()
    {
        var output = await CsvFile.ReadAsync("t\n2024-07-01 12:00:00\n2024-01-01 12:00\n2024-01-01 12:00:00Z\n", new FormatOptions { TimeZone = "Europe/Berlin" });
        Assert.Equal(["2024-07-01T10:00:00Z", "2024-01-01T11:00:00Z", "2024-01-01T12:00:00Z"], output.Rows.Select(row => row[0]));
    }

    [Fact]
    public async Task Records_that_are_not_utf8_are_set_aside()
    {
        var good = string.Concat(Enumerable.Repeat("Grüße,1\n", 50));
        byte[] bytes = [.. "a,b\n"u8, .. System.Text.Encoding.UTF8.GetBytes(good), (byte)'x', 0xFF, .. ",2\n"u8, .. "y,3\n"u8];
        var output = await CsvFile.ReadAsync(bytes);
        Assert.Equal(51, output.Rows.Count);
        Assert.Equal(QuarantineReasons.Undecodable, Assert.Single(output.BadRecords).Reason);
    }

    [Fact]
    public async Task Windows_and_old_mac_line_ends_are_understood()
    {
        foreach (var lineEnd in new[] { "\r\n", "\r", "\n" })
        {
            var output = await CsvFile.ReadAsync($"a,b{lineEnd}1,x{lineEnd}2,\"y{lineEnd}z\"{lineEnd}3,\"\"");
            Assert.Equal([["1", "x"], ["2", $"y{lineEnd}z"], ["3", ""]], output.Rows);
        }
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_costs_one_line()
    {
        var output = await CsvFile.ReadAsync("a,b\n1,x\n2,\"y\n3,z\n4,w\n", new FormatOptions { Delimiter = ',', Header = true });
        Assert.Equal([["1", "x"], ["3", "z"], ["4", "w"]], output.Rows);
        Assert.Equal(("2,\"y\n", 8L), (output.BadRecords[0].Record, output.BadRecords[0].Position));
    }

    [Fact]
    public async Task Many_rows_make_several_batches_and_distinct_text_goes_flat()
    {
        var text = "id,email\n" + string.Concat(Enumerable.Range(0, 150_000).Select(i => $"{i},u{i * 7919L % 1_000_003}@example.com\n"));
        var output = await CsvFile.ReadAsync(text, blockBytes: 1 << 18);
        Assert.Equal(150_000, output.Rows.Count);
        for (var i = 0; i < output.Rows.Count; i++)
        {
            Assert.Equal(i.ToString(System.Globalization.CultureInfo.InvariantCulture), output.Rows[i][0]);
            Assert.Equal($"u{i * 7919L % 1_000_003}@example.com", output.Rows[i][1]);
            Assert.Equal($"{output.Rows[i][0]},{output.Rows[i][1]}", output.Origins[i].Text);
        }
    }
}
