using System.Globalization;
using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Tests.Kernels;

/// <summary>
/// The expressions of <c>duckdb/expressions.txt</c> give in every row what DuckDB gives. A line ending in <c># differs: reason</c> must differ, so that
/// the list of differences stays true. An expression that fails a row here must be an error there.
/// </summary>
public class DuckDbAgreementTests
{
    private static readonly (string Name, DataType Type, string Sql, object?[] Values)[] Columns =
    [
        ("i", DataType.Int64, "bigint", [1L, -7L, 0L, null, 42L, 1000000007L]),
        ("k", DataType.Int64, "bigint", [3L, 2L, 5L, 1L, null, -4L]),
        ("f", DataType.Float64, "double", [1.5, -2.25, 0.0, null, 1e10, 0.1]),
        ("g", DataType.Float64, "double", [0.5, 3.0, null, 2.0, -1.25, 7.0]),
        ("s", DataType.String, "varchar", ["Hello", "", null, "Ä öß x", "a-b-c", "  pad "]),
        ("p", DataType.String, "varchar", ["l", "x", "y", null, "-", "pad"]),
        ("c", DataType.String, "varchar", ["12", "-3", "0", "7", null, "99"]),
        ("b", DataType.Bool, "boolean", [true, false, null, true, false, null]),
        ("d", DataType.Date, "date", [new DateOnly(2024, 2, 29), new DateOnly(1969, 12, 31), new DateOnly(2000, 1, 1), null, new DateOnly(2023, 10, 1), new DateOnly(1900, 3, 1)]),
        ("e", DataType.Date, "date", [new DateOnly(2024, 3, 1), new DateOnly(1970, 1, 1), null, new DateOnly(2020, 6, 15), new DateOnly(2022, 12, 31), new DateOnly(2100, 1, 1)]),
        ("t", DataType.Timestamp, "timestamp", [new DateTime(2024, 2, 29, 13, 45, 6), new DateTime(1969, 12, 31, 23, 59, 59), null, new DateTime(2000, 1, 1), new DateTime(2023, 10, 1, 0, 0, 1), new DateTime(1955, 11, 5, 6, 15, 0)]),
        ("m", DataType.Decimal(10, 2), "decimal(10,2)", [12.34m, -0.05m, 0m, null, 99999.99m, 100m]),
        ("j", DataType.String, "json", ["{\"a\":{\"b\":[1,\"x\",null]},\"c\":2.5}", "[1,2,3]", null, "{\"a\":\"text\"}", "{}", "{\"c\":null}"]),
    ];

    [Fact]
    public void Every_listed_expression_agrees_with_DuckDB()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Kernels", "duckdb", "expressions.txt")).Where(line => line.Trim().Length > 0 && !line.StartsWith('#')).ToList();
        var ours = lines.Select(line => Ours(line.Split(" # differs:")[0].Trim())).ToList();
        var theirs = Theirs([.. lines.Zip(ours).Select(pair => Wrap(pair.First.Split(" # differs:")[0].Trim(), pair.Second.Type))]);
        var wrong = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            var differs = lines[i].Contains(" # differs:", StringComparison.Ordinal);
            var same = Same(ours[i], theirs[i]);
            if (same == differs) wrong.Add($"{lines[i]}\n    here {ours[i]}\n    DuckDB {theirs[i]}");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {lines.Count}:\n{string.Join("\n", wrong)}");
        Assert.True(lines.Count > 250);
    }

    private static Answer Ours(string expression)
    {
        using var batch = ExpressionRows.Build([.. Columns.Select(each => (each.Name, each.Type, each.Values))]);
        try
        {
            using var column = CompiledExpression.Compile(new ExpressionText(expression), batch.Schema).CreateEvaluator().Evaluate(batch, out var failed);
            if (failed is not null) return new Answer(column.Type, null, "failed");
            return new Answer(column.Type, [.. Enumerable.Range(0, column.Length).Select(row => Text(column, row))], null);
        }
        catch (DataMeshException error)
        {
            return new Answer(DataType.Null, null, error.Message);
        }
    }

    private static string? Text(Column column, int row) => column.IsNull(row) ? null
        : column is FixedColumn<long> { Type.Kind: TypeKind.Timestamp } times ? times[row].ToString(CultureInfo.InvariantCulture)
        : ValueText.Format(column, row);

    private static string Wrap(string expression, DataType type) => type.Kind == TypeKind.Timestamp ? $"cast(epoch_us(({expression})::timestamp) as varchar)" : $"cast(({expression}) as varchar)";

    private static List<Answer> Theirs(string[] expressions)
    {
        var rows = Enumerable.Range(0, Columns[0].Values.Length).Select(row => $"({row}, {string.Join(", ", Columns.Select(each => $"{Literal(each.Values[row])}::{each.Sql}"))})");
        string[] setup = [$"create table rows as select * from (values {string.Join(", ", rows)}) as v(id, {string.Join(", ", Columns.Select(each => each.Name))})"];
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, JsonSerializer.Serialize(new { setup, expressions }));
            return [.. DataMesh.Tests.Node.Run("expressions.mjs", path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)];
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Answer Read(string line)
    {
        using var answer = JsonDocument.Parse(line);
        return answer.RootElement.TryGetProperty("error", out var error)
            ? new Answer(DataType.Null, null, error.GetString())
            : new Answer(DataType.Null, [.. answer.RootElement.GetProperty("rows").EnumerateArray().Select(each => each.ValueKind == JsonValueKind.Null ? null : each.ToString())], null);
    }

    private static string Literal(object? value) => value switch
    {
        null => "null",
        DateTime time => $"'{time:yyyy-MM-dd HH:mm:ss}'",
        DateOnly date => $"'{date:yyyy-MM-dd}'",
        string text => $"'{text}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static bool Same(Answer ours, Answer theirs)
    {
        if (ours.Rows is null || theirs.Rows is null) return ours.Rows is null && theirs.Rows is null;
        return ours.Rows.Zip(theirs.Rows).All(pair => pair.First == pair.Second || (ours.Type.IsNumeric && SameNumber(pair.First, pair.Second)));
    }

    private static bool SameNumber(string? a, string? b) =>
        double.TryParse(a, CultureInfo.InvariantCulture, out var x) && double.TryParse(b, CultureInfo.InvariantCulture, out var y) && Math.Abs(x - y) <= 1e-12 * Math.Max(Math.Abs(x), Math.Abs(y));

    private sealed record Answer(DataType Type, string?[]? Rows, string? Error)
    {
        public override string ToString() => Rows is null ? $"error: {Error}" : string.Join(" | ", Rows.Select(each => each ?? "null"));
    }
}
