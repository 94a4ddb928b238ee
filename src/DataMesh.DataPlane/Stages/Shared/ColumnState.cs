using DataMesh.Core.Columns;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>The values of a column in a state file.</summary>
internal static class ColumnState
{
    /// <summary>Writes a column without its type.</summary>
    public static void Write(StateWriter writer, Column column)
    {
        writer.Int32(column.Length);
        for (var row = 0; row < column.Length; row++)
        {
            var isNull = column.IsNull(row);
            writer.Flag(!isNull);
            if (!isNull) WriteValue(writer, column, row);
        }
    }

    /// <summary>Reads a column of a type.</summary>
    public static Column Read(StateReader reader, DataType type)
    {
        var builder = new ColumnBuilder(type);
        for (var left = reader.Count(1); left > 0; left--)
        {
            if (reader.Flag()) ReadValue(reader, builder);
            else builder.AppendNull();
        }

        return builder.Build();
    }

    private static void WriteValue(StateWriter writer, Column column, int row)
    {
        switch (column)
        {
            case FixedColumn<long> longs: writer.Int64(longs[row]); break;
            case FixedColumn<int> dates: writer.Int64(dates[row]); break;
            case FixedColumn<double> doubles: writer.Double(doubles[row]); break;
            case FixedColumn<Int128> decimals: writer.Int128(decimals[row]); break;
            case BoolColumn flags: writer.Flag(flags[row]); break;
            case VarColumn bytes: writer.Bytes(bytes[row]); break;
            default: throw new NotSupportedException(column.GetType().Name);
        }
    }

    private static void ReadValue(StateReader reader, ColumnBuilder builder)
    {
        switch (builder.Type.Kind)
        {
            case TypeKind.Int64 or TypeKind.Timestamp or TypeKind.Date: builder.Append(reader.Int64()); break;
            case TypeKind.Float64: builder.Append(reader.Double()); break;
            case TypeKind.Decimal: builder.Append(reader.Int128()); break;
            case TypeKind.Bool: builder.Append(reader.Flag()); break;
            default: builder.Append(reader.Bytes().AsSpan()); break;
        }
    }
}
