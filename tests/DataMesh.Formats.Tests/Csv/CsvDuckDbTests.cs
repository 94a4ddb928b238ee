using System.Globalization;
using System.Text;
using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Formats.Tests.Text;
using DataMesh.Tests;

namespace DataMesh.Formats.Tests.Csv;

/// <summary>Our reading equals DuckDB's, cell by cell: of the example files, and of one made to hold every type, quoting and line ends in fields.</summary>
public class CsvDuckDbTests
{
    private static readonly string Examples = Path.GetFullPath(Path.Combine(Node.Folder, "..", "..", "examples", "data"));

    [Fact]
    public async Task Example_files_are_read_as_DuckDB_reads_them()
    {
        foreach (var path in Directory.Exists(Examples) ? Directory.GetFiles(Examples, "*.csv") : []) await CompareAsync(path);
    }

    [Fact]
    public async Task Every_type_and_quoting_is_read_as_DuckDB_reads_it()
    {
        using var file = new TempFile(Encoding.UTF8.GetBytes(Generated()), ".csv");
        await CompareAsync(file.Path);
    }

    private static async Task CompareAsync(string path)
    {
        var text = await File.ReadAllTextAsync(path);
        var schema = CsvFile.Describe(text).Schema;
        var ours = (await CsvFile.ReadAsync(text)).Rows;
        var sql = $"SELECT COLUMNS(*)::VARCHAR FROM read_csv('{path}', header = true, sample_size = -1)";
        var theirs = JsonSerializer.Deserialize<List<List<string?>>>(Node.Run("duckdb.mjs", sql))!;
        Assert.Equal(theirs.Count, ours.Count);
        for (var row = 0; row < ours.Count; row++)
            for (var column = 0; column < schema.Count; column++)
                Assert.True(AreEqual(schema[column].Type, ours[row][column], theirs[row][column]), $"{path}, row {row}, {schema[column]}: '{ours[row][column]}' is '{theirs[row][column]}' in DuckDB");
    }

    /// <summary>Numbers are compared as numbers (5 and 5.0 are the same float64), timestamps without the letters of ISO 8601.</summary>
    private static bool AreEqual(DataType type, string? ours, string? theirs)
    {
        if (ours is null || theirs is null) return ours == theirs;
        return type.Kind switch
        {
            TypeKind.Float64 => double.Parse(ours, CultureInfo.InvariantCulture) == double.Parse(theirs, CultureInfo.InvariantCulture),
            TypeKind.Timestamp => ours.Replace('T', ' ').TrimEnd('Z') == theirs,
            _ => ours == theirs,
        };
    }

    private static string Generated()
    {
        var random = new Random(7);
        var text = new StringBuilder("id,amount,flag,day,moment,note,code\n");
        for (var i = 0; i < 3000; i++)
        {
            var note = random.Next(5) switch
            {
                0 => "",
                1 => $"\"said \"\"{i}\"\", and left\"",
                2 => $"\"two\nlines, {i}\"",
                3 => "Grüße 😀",
                _ => "plain text",
            };
            text.Append(CultureInfo.InvariantCulture, $"{random.NextInt64(-1L << 50, 1L << 50)},{(random.Next(9) == 0 ? "" : random.NextDouble().ToString("g15", CultureInfo.InvariantCulture))},")
                .Append(CultureInfo.InvariantCulture, $"{(random.Next(2) == 0 ? "true" : "false")},{new DateTime(1950, 1, 1).AddDays(random.Next(40_000)):yyyy-MM-dd},")
                .Append(CultureInfo.InvariantCulture, $"{new DateTime(1950, 1, 1).AddSeconds(random.Next()):yyyy-MM-dd HH:mm:ss},{note},{(char)('a' + random.Next(26))}{i % 100}\n");
        }

        return text.ToString();
    }
}
