using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Typed values to their canonical text (<see cref="ValueText"/>), or to a pattern.</summary>
internal static class TextFormatting
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static VarColumn ToText(Column column, DataType target, CastFormat format)
    {
        var writer = new VarWriter(column.Length);
        var pattern = format.Compiled.Length > 0 && column.Type.Kind is TypeKind.Date or TypeKind.Timestamp ? format.Compiled[0] : null;
        for (var row = 0; row < column.Length; row++)
        {
            if (!column.IsNull(row))
            {
                if (pattern is not null) WritePattern(column, row, pattern, format.Zone, writer);
                else WriteValue(column, row, writer);
            }

            writer.EndValue();
        }

        return writer.ToColumn(target, column.Validity?.Clone());
    }

    /// <summary>Appends the canonical text of a value that is not null.</summary>
    public static void WriteValue(Column column, int row, VarWriter writer)
    {
        if (column is VarColumn bytes)
        {
            if (column.Type.Kind == TypeKind.Binary) writer.Write(Convert.ToBase64String(bytes[row]));
            else writer.Write(bytes[row]);
            return;
        }

        var room = writer.Reserve(ValueText.FixedMax);
        writer.Advance(column switch
        {
            FixedColumn<double> doubles => ValueText.Write(doubles[row], room),
            FixedColumn<int> dates => ValueText.WriteDate(dates[row], room),
            FixedColumn<Int128> decimals => ValueText.WriteDecimal(decimals[row], column.Type.Scale, room),
            FixedColumn<long> times when column.Type.Kind == TypeKind.Timestamp => ValueText.WriteTimestamp(times[row], room),
            FixedColumn<long> longs => ValueText.Write(longs[row], room),
            BoolColumn flags => WriteBool(flags[row], room),
            _ => throw new NotSupportedException(column.GetType().Name),
        });
    }

    private static int WriteBool(bool value, Span<byte> room)
    {
        var text = value ? "true"u8 : "false"u8;
        text.CopyTo(room);
        return text.Length;
    }

    private static void WritePattern(Column column, int row, DateTimePattern pattern, TimeZoneInfo zone, VarWriter writer)
    {
        if (column is FixedColumn<int> dates) pattern.Write(dates[row] * IntervalKernels.DayMicros, TimeZoneInfo.Utc, writer);
        else pattern.Write(((FixedColumn<long>)column)[row], zone, writer);
    }
}
