using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataMesh.Core.Columns;
using DataMesh.Tests;

namespace DataMesh.Formats.Tests.Json;

/// <summary>Reads a real file and compares every cell with what DuckDB reads. What may differ, and why, stands in docs/decoders.md.</summary>
public class JsonInteropTests
{
    [Fact]
    public async Task Earthquakes_equal_what_duckdb_reads()
    {
        var path = Path.Combine(Node.Folder, "..", "..", "examples", "data", "earthquakes.json");
        var read = await JsonReading.ReadFileAsync(path);
        Assert.Equal("$.features[*] (the only list of objects in the document, $.features[*])", read.Description.Facts["records"]);
        Assert.Empty(read.BadRecords);
        Assert.Equal(1707, read.Rows.Count);

        var schema = read.Description.Schema;
        var cells = string.Join(", ", schema.Names.Select(name => $"json_extract_string(f, '$.{string.Join('.', name.Split('.').Select(part => $"\"{part}\""))}')"));
        var lines = Node.Run("duckdb.mjs", $"SELECT {cells} FROM (SELECT unnest(features) AS f FROM read_json('{path}', columns={{features: 'JSON[]'}}, maximum_object_size=100000000))");
        using var rows = JsonDocument.Parse(lines);
        var theirs = rows.RootElement.EnumerateArray().Select(row => string.Join(" ", Cells(row, schema))).ToList();
        Assert.All(theirs.Zip(read.Rows), pair => Assert.Equal(SameNumbers(pair.First), SameNumbers(pair.Second)));
        Assert.Equal(theirs.Count, read.Rows.Count);
    }

    /// <summary>Numbers inside of arrays in one form: we keep them as they are written, DuckDB writes them anew.</summary>
    private static string SameNumbers(string row) =>
        Regex.Replace(row, @"(?<=[\[,])-?[0-9.eE+-]+(?=[,\]])", number => double.Parse(number.Value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture));

    /// <summary>DuckDB gives every cell as the text in the file; numbers are compared as numbers.</summary>
    private static IEnumerable<string> Cells(JsonElement row, Schema schema)
    {
        for (var i = 0; i < schema.Count; i++)
        {
            if (row[i].ValueKind == JsonValueKind.Null) continue;
            var text = row[i].GetString()!;
            if (schema[i].Type.Kind == TypeKind.Float64) text = double.Parse(text, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
            yield return $"{schema[i].Name}={text}";
        }
    }
}
