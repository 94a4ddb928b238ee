using System.Text;
using DataMesh.Core.Components;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Tests.Text;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Csv;

public class CsvBoundariesTests
{
    private static readonly CsvDialect Dialect = new() { FieldCount = 2 };

    [Fact]
    public async Task A_field_over_the_limit_is_skipped_to_its_true_end()
    {
        var text = "1,a\n2,\"" + string.Concat(Enumerable.Repeat("line without fields\n", 500)) + "\"\n3,c\n";
        var blocks = await ReadAsync(text);
        Assert.Equal(["1,a\n", null, "3,c\n"], blocks.Select(each => each.Fault is null ? each.Text : null));
        Assert.Equal(QuarantineReasons.TooLarge, blocks[1].Fault!.Reason);
    }

    [Fact]
    public async Task An_open_quote_before_good_records_costs_one_line_only()
    {
        var rest = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i},x\n"));
        var blocks = await ReadAsync("1,a\n2,\"open\n" + rest);
        Assert.Equal("2,\"open\n", Assert.Single(blocks, each => each.Fault is not null).Text);
        Assert.Equal("1,a\n" + rest, string.Concat(blocks.Where(each => each.Fault is null).Select(each => each.Text)));
    }

    [Theory]
    [InlineData("a,b\n\"c\nd\",e\nf,\"g\n", "a,b\n\"c\nd\",e\n")]
    [InlineData("a,5\" b\nc,d\ne", "a,5\" b\nc,d\n")]
    [InlineData("\"a\"\"\n\",b\n\"", "\"a\"\"\n\",b\n")]
    [InlineData("\"a\nb", "")]
    public void The_last_record_end_is_found_by_every_implementation(string text, string records)
    {
        foreach (var vectors in Enum.GetValues<CsvVectors>())
        {
            for (var padding = 0; padding < 130; padding++)
            {
                var padded = Encoding.UTF8.GetBytes(new string('x', padding) + (padding > 0 ? "\n" : "") + text);
                Assert.Equal((padding > 0 ? padding + 1 : 0) + records.Length, new CsvBoundaries(Dialect, vectors).Last(padded));
            }
        }
    }

    private static async Task<List<(string Text, TextFault? Fault)>> ReadAsync(string text)
    {
        using var file = new TempFile(Encoding.UTF8.GetBytes(text));
        var input = await TextInput.OpenAsync(file.Path, new TextEncoding(), 0, default);
        await using var reader = new TextBlockReader(input, new CsvBoundaries(Dialect), "test", 0, -1, 64, recordBytesMax: 1000);
        var blocks = new List<(string, TextFault?)>();
        while (await reader.ReadAsync(default) is { } block)
        {
            blocks.Add((Encoding.UTF8.GetString(block.Text), block.Fault));
            block.Dispose();
        }

        return blocks;
    }
}
