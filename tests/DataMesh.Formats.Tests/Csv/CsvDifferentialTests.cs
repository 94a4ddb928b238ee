using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Tests.Text;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Csv;

/// <summary>Every implementation of the index must find in tricky texts what the reference finds, whatever the sizes of blocks and segments are.</summary>
public class CsvDifferentialTests
{
    private static readonly string[] Pieces = [",", ",", "\n", "\n", "\"", "\"\"", "\r\n", "a", "bc", " ", "ü", "\"x\"", "\"a,b\"", "\"a\nb\"", "\"c\"\"d\"", "12", "\r", "\"\"", "long text without anything in it, but quite long"];

    [Theory]
    [InlineData("Bits512")]
    [InlineData("Bits256")]
    [InlineData("None")]
    public async Task Tricky_text_decodes_as_the_reference_says(string vectors)
    {
        foreach (var seed in FuzzSeeds.Of(400))
        {
            var random = new Random(seed);
            var columns = random.Next(1, 5);
            var text = Encoding.UTF8.GetBytes(seed % 3 == 0 ? RandomText(random) : Records(random, columns, seed % 3 == 1));
            var dialect = new CsvDialect { FieldCount = columns };
            var blockBytes = random.Next(3) switch { 0 => random.Next(1, 40), 1 => random.Next(64, 300), _ => 1 << 16 };
            await CompareAsync(text, dialect, Enum.Parse<CsvVectors>(vectors), blockBytes, random.Next(2) == 0 ? 64 : 1 << 16, $"seed {seed}");
        }
    }

    private static async Task CompareAsync(byte[] text, CsvDialect dialect, CsvVectors vectors, int blockBytes, int segmentBytes, string what)
    {
        var expected = ReferenceCsv.Read(text, dialect);
        var output = await DecodeAsync(text, dialect, vectors, blockBytes, segmentBytes);
        var good = expected.Where(each => !each.IsMalformed && each.Fields.Count == dialect.FieldCount).ToList();
        var bad = expected.Except(good).ToList();
        Assert.True(good.Count == output.Rows.Count, $"{what}: {good.Count} rows expected, {output.Rows.Count} found in {System.Text.Json.JsonSerializer.Serialize(Encoding.UTF8.GetString(text))} of {dialect.FieldCount} columns");
        for (var i = 0; i < good.Count; i++)
        {
            Assert.True(good[i].Fields.SequenceEqual(output.Rows[i]), $"{what}: row {i} is {string.Join('|', output.Rows[i])} instead of {string.Join('|', good[i].Fields)}");
            Assert.Equal((good[i].Start, ReferenceCsv.WithoutReturn(good[i].Raw)), ((int)output.Origins[i].Position, output.Origins[i].Text));
        }

        Assert.Equal(bad.Select(each => (long)each.Start).Order(), output.BadRecords.Select(each => each.Position).Order());
    }

    private static async Task<CollectedOutput> DecodeAsync(byte[] text, CsvDialect dialect, CsvVectors vectors, int blockBytes, int segmentBytes)
    {
        using var file = new TempFile(text);
        var schema = new Schema(Enumerable.Range(0, dialect.FieldCount).Select(i => new Field($"c{i}", DataType.String)));
        var input = await TextInput.OpenAsync(file.Path, new TextEncoding(), 0, default);
        await using var reader = new TextBlockReader(input, new CsvBoundaries(dialect, vectors), "test", 0, -1, blockBytes);
        var decoder = new CsvDecoder(dialect, schema, new DecodePlan(schema, false), new CsvIndex(dialect, vectors, segmentBytes));
        var output = new CollectedOutput();
        while (await reader.ReadAsync(default) is { } block)
        {
            decoder.Decode(block, output);
            block.Dispose();
        }

        return output;
    }

    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        for (var n = random.Next(1, 120); n > 0; n--) text.Append(Pieces[random.Next(Pieces.Length)]);
        return text.ToString();
    }

    /// <summary>Well-formed records, a few of them spoilt on demand.</summary>
    private static string Records(Random random, int columns, bool isClean)
    {
        var text = new StringBuilder();
        var lineEnd = random.Next(2) == 0 ? "\n" : "\r\n";
        for (var n = random.Next(1, 80); n > 0; n--)
        {
            var fields = isClean || random.Next(8) > 0 ? columns : random.Next(1, 6);
            for (var i = 0; i < fields; i++)
            {
                if (i > 0) text.Append(',');
                text.Append(random.Next(6) switch
                {
                    0 => "",
                    1 => $"\"{new string('q', random.Next(70))}, \"\"{n}\"\"\n\"",
                    2 => isClean ? "\"\"" : "5\" pipe",
                    3 => new string('w', random.Next(90)),
                    4 => "Größe",
                    _ => n.ToString(System.Globalization.CultureInfo.InvariantCulture),
                });
            }

            text.Append(n > 1 || random.Next(2) == 0 ? lineEnd : "");
        }

        return text.ToString();
    }
}
