using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Tests.Kernels;

/// <summary>Batches for expression tests.</summary>
internal static class ExpressionRows
{
    /// <summary>A batch of one row with a column of each type, used by the case files.</summary>
    public static RecordBatch OneRow() => Build(
    [
        ("i", DataType.Int64, [7L]),
        ("n", DataType.Int64, [null]),
        ("f", DataType.Float64, [2.5]),
        ("s", DataType.String, ["Hello"]),
        ("b", DataType.Bool, [true]),
        ("d", DataType.Date, [new DateOnly(2024, 2, 29)]),
        ("t", DataType.Timestamp, [new DateTime(2024, 2, 29, 13, 45, 6, DateTimeKind.Utc)]),
        ("m", DataType.Decimal(10, 2), [12.34m]),
        ("j", DataType.Json, ["{\"a\":{\"b\":[1,\"x\",null]},\"c\":2.5}"]),
        ("properties.mag", DataType.Float64, [4.5]),
        ("Cost Total $", DataType.Int64, [30L]),
    ]);

    public static RecordBatch Build(IReadOnlyList<(string Name, DataType Type, object?[] Values)> columns)
    {
        var schema = new Schema(columns.Select(each => new Field(each.Name, each.Type)));
        var built = columns.Select(each =>
        {
            var builder = new ColumnBuilder(each.Type);
            foreach (var value in each.Values) builder.AppendObject(value);
            return builder.Build();
        });
        return new RecordBatch(schema, [.. built], columns[0].Values.Length);
    }

    /// <summary>Text of a value with its type, so that 1 and 1.0 differ.</summary>
    public static string Show(Column column, int row) => column.IsNull(row) ? "null" : $"{column.Type}:{ValueText.Format(column, row)}";
}
