using System.Numerics.Tensors;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>Columns of numbers and times as float64.</summary>
internal static class NumberColumns
{
    /// <summary>The values as float64, a new owner.</summary>
    public static Column ToDouble(Column column)
    {
        if (column is FixedColumn<double>) return column.Share();
        if (column is NullColumn) return Column.Nulls(DataType.Float64, column.Length);
        var values = PooledBuffer.Rent<double>(column.Length);
        Convert(column, values.As<double>());
        return new FixedColumn<double>(DataType.Float64, values, column.Length, column.Validity?.Clone());
    }

    /// <summary>Writes the values as doubles: microseconds for timestamps, days for dates.</summary>
    public static void Convert(Column column, Span<double> target)
    {
        switch (column)
        {
            case FixedColumn<long> longs: TensorPrimitives.ConvertChecked(longs.Values, target); break;
            case FixedColumn<int> dates: TensorPrimitives.ConvertChecked(dates.Values, target); break;
            case FixedColumn<Int128> decimals:
                var divisor = Math.Pow(10, column.Type.Scale);
                for (var i = 0; i < column.Length; i++) target[i] = (double)decimals[i] / divisor;
                break;
            default: throw new NotSupportedException($"{column.Type} is no number.");
        }
    }
}
