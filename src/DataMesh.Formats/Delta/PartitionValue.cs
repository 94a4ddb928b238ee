using System.Globalization;
using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>Partition values as the log writes them: text, with the empty text for null.</summary>
public static class PartitionValue
{
    /// <summary>The text of a value; null for null and for the empty string, which the protocol can not tell apart.</summary>
    public static string? Write(Column column, int row)
    {
        var text = ValueText.Format(column, row);
        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>A column of <paramref name="length"/> times the same value.</summary>
    public static Column Repeat(string? text, DataType type, int length)
    {
        if (string.IsNullOrEmpty(text)) return Column.Nulls(type, length);
        var builder = new ColumnBuilder(type);
        Append(builder, text);
        using var one = builder.Build();
        return one.Take(new int[length]);
    }

    private static void Append(ColumnBuilder builder, string text)
    {
        var invariant = CultureInfo.InvariantCulture;
        try
        {
            switch (builder.Type.Kind)
            {
                case TypeKind.Bool: builder.Append(bool.Parse(text)); break;
                case TypeKind.Int64: builder.Append(long.Parse(text, invariant)); break;
                case TypeKind.Float64: builder.Append(double.Parse(text, invariant)); break;
                case TypeKind.Decimal: builder.Append(Unscaled(text, builder.Type.Scale)); break;
                case TypeKind.Date: builder.Append((long)DateOnly.Parse(text, invariant).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber); break;
                case TypeKind.Timestamp: builder.Append(Micros(text)); break;
                default: builder.Append(Encoding.UTF8.GetBytes(text)); break;
            }
        }
        catch (Exception cause) when (cause is FormatException or OverflowException)
        {
            throw new DataMeshException($"The partition value '{text}' is not {builder.Type.WithArticle()}.", cause: cause);
        }
    }

    private static long Micros(string text)
    {
        var time = DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
        return (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
    }

    private static Int128 Unscaled(string text, int scale)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? text : text.Remove(point, 1);
        var missing = scale - (point < 0 ? 0 : text.Length - point - 1);
        if (missing < 0) throw new FormatException();
        return Int128.Parse(digits + new string('0', missing), CultureInfo.InvariantCulture);
    }
}
