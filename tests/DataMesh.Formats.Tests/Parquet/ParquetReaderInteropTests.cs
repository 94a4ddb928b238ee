using System.Globalization;
using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet;
using DataMesh.Tests;

namespace DataMesh.Formats.Tests.Parquet;

/// <summary>Files that DuckDB and Polars wrote read back cell by cell as DuckDB reads them.</summary>
public sealed class ParquetReaderInteropTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("datamesh-parquet-");

    public void Dispose() => _folder.Delete(true);

    [Fact]
    public void Every_type_encoding_and_codec_of_other_writers_is_read()
    {
        var files = Node.Run("parquet-write.mjs", _folder.FullName).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(13, files.Length);
        foreach (var line in files)
        {
            using var report = JsonDocument.Parse(line);
            var name = report.RootElement.GetProperty("name").GetString()!;
            var rows = report.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetString()!).ToList();
            using var file = ParquetFile.Open(Path.Combine(_folder.FullName, name));
            Assert.Equal(rows.Count, file.Rows);
            if (name.StartsWith("duckdb", StringComparison.Ordinal)) Assert.Equal(41, file.Schema.Count);
            Compare(name, file, rows);
        }
    }

    private static void Compare(string name, ParquetFile file, List<string> rows)
    {
        var at = 0;
        foreach (var batch in Enumerable.Range(0, file.RowGroupRows.Count).SelectMany(group => file.Read(group)))
        {
            using var each = batch;
            for (var row = 0; row < batch.Length; row++, at++)
            {
                using var expected = JsonDocument.Parse(rows[at]);
                for (var i = 0; i < batch.Schema.Count; i++)
                {
                    var theirs = Find(expected.RootElement, batch.Schema[i].Name);
                    var ours = ValueText.Format(batch[i], row);
                    if (!AreEqual(batch.Schema[i].Type, ours, theirs))
                        Assert.Fail($"{name}, row {at}, {batch.Schema[i]}: ours is {ours ?? "null"}, theirs {theirs?.GetRawText() ?? "null"}");
                }
            }
        }

        Assert.Equal(rows.Count, at);
    }

    private static JsonElement? Find(JsonElement row, string dottedName)
    {
        foreach (var name in dottedName.Split('.'))
        {
            if (row.ValueKind == JsonValueKind.Null) return null;
            row = row.GetProperty(name);
        }

        return row.ValueKind == JsonValueKind.Null ? null : row;
    }

    private static bool AreEqual(DataType type, string? ours, JsonElement? theirs)
    {
        if (ours is null || theirs is not { } value) return ours is null && theirs is null;
        switch (type.Kind)
        {
            case TypeKind.Bool or TypeKind.Int64:
                return value.GetRawText() == ours;
            case TypeKind.Decimal:
                return Shortest(value.GetRawText()) == Shortest(ours);
            case TypeKind.Float64:
                return value.GetDouble() == double.Parse(ours, CultureInfo.InvariantCulture);
            case TypeKind.Timestamp:
                var time = value.GetString()!.Replace(' ', 'T');
                return (time.EndsWith("+00", StringComparison.Ordinal) ? time[..^3] : time) + "Z" == ours;
            case TypeKind.Json:
                using (var json = JsonDocument.Parse(ours)) return JsonElement.DeepEquals(json.RootElement, value);
            default:
                return value.GetString() == ours;
        }
    }

    private static string Shortest(string number) => number.Contains('.', StringComparison.Ordinal) ? number.TrimEnd('0').TrimEnd('.') : number;
}
