using DataMesh.Core.Columns;

namespace DataMesh.Formats.Text;

/// <summary>The type that a text value has by itself.</summary>
public static class ValueTypes
{
    /// <summary>null for blanks, then bool, int64, float64, date, timestamp, else string. Dates are tried in ISO 8601 and in <paramref name="layout"/>.</summary>
    public static DataType Of(ReadOnlySpan<byte> value, DateLayout layout)
    {
        value = value.Trim((byte)' ');
        if (value.IsEmpty) return DataType.Null;
        var first = value[0];
        if (first < '0' && first is not ((byte)'-' or (byte)'.')) return DataType.String;
        if (first <= '9')
        {
            if (NumberText.TryParse(value, out long _)) return DataType.Int64;
            if (NumberText.TryParse(value, out double _)) return DataType.Float64;
            if (TimeText.TryParseTime(value, layout, out _, out _, out var isDate)
                || (layout != DateLayout.Iso && TimeText.TryParseTime(value, DateLayout.Iso, out _, out _, out isDate)))
                return isDate ? DataType.Date : DataType.Timestamp;
            return DataType.String;
        }

        if (IsBool(value, out _)) return DataType.Bool;
        return NumberText.TryParse(value, out double _) ? DataType.Float64 : DataType.String;
    }

    /// <summary>Reads true or false in any case.</summary>
    public static bool IsBool(ReadOnlySpan<byte> value, out bool flag)
    {
        flag = System.Text.Ascii.EqualsIgnoreCase(value, "true"u8);
        return flag || System.Text.Ascii.EqualsIgnoreCase(value, "false"u8);
    }
}
