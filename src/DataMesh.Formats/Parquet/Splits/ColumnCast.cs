using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using DataMesh.Core.Columns;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Parquet.Reading;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Parquet.Splits;

/// <summary>
/// Converts a column of a file to the type that the plan gives it, value by value, where nothing is lost. Values that do not fit become null and
/// are listed in <see cref="Misfits"/>. A type that the user declared lets text be read as that type's text; otherwise text in a json column
/// becomes a JSON string.
/// </summary>
internal sealed class ColumnCast(DataType target, bool isDeclared)
{
    private const long MicrosPerDay = 86_400_000_000;
    private const int ExactDigits = 15;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly ZoneOffsets Utc = new(TimeZoneInfo.Utc);

    /// <summary>Rows whose values do not fit.</summary>
    public List<int> Misfits { get; } = [];

    /// <summary>A new owner of the converted column, which may be the column itself.</summary>
    public Column Convert(Column source)
    {
        if (source.Type == target) return source.Share();
        if (source.Type.Kind == TypeKind.Null) return Column.Nulls(target, source.Length);
        if (source is VarColumn texts && IsSameBytes(source.Type.Kind)) return texts.WithType(target);
        var builder = new ColumnBuilder(target);
        for (var row = 0; row < source.Length; row++)
        {
            if (source.IsNull(row))
            {
                builder.AppendNull();
            }
            else if (!TryAppend(source, row, builder))
            {
                builder.AppendNull();
                Misfits.Add(row);
            }
        }

        return builder.Build();
    }

    private bool IsSameBytes(TypeKind from) => (from, target.Kind) is (TypeKind.Json, TypeKind.String) or (TypeKind.String or TypeKind.Json, TypeKind.Binary);

    private bool TryAppend(Column source, int row, ColumnBuilder builder)
    {
        switch (source)
        {
            case FixedColumn<long> longs when (source.Type.Kind, target.Kind) == (TypeKind.Int64, TypeKind.Float64):
                var number = (double)longs[row];
                if (Math.Abs(number) > 1L << 53) return false;
                builder.Append(number);
                return true;
            case FixedColumn<int> dates when target.Kind == TypeKind.Timestamp:
                builder.Append(dates[row] * MicrosPerDay);
                return true;
            case FixedColumn<long> times when (source.Type.Kind, target.Kind) == (TypeKind.Timestamp, TypeKind.Date):
                var days = Math.DivRem(times[row], MicrosPerDay, out var rest);
                if (rest == 0) builder.Append(days);
                return rest == 0;
            case VarColumn bytes when bytes.Type.Kind == TypeKind.Binary && target.Kind == TypeKind.String:
                if (!Utf8.IsValid(bytes[row])) return false;
                builder.Append(bytes[row]);
                return true;
            case var _ when target.Kind == TypeKind.Json:
                return TryAppendJson(source, row, builder);
            case VarColumn texts when texts.Type.Kind == TypeKind.String:
                return TryParse(texts[row], builder);
        }

        if (target.Kind == TypeKind.String)
        {
            builder.Append(ValueText.Format(source, row)!);
            return true;
        }

        return source.Type.IsNumeric && target.IsNumeric && TryAppendNumber(source, row, builder);
    }

    private bool TryAppendNumber(Column source, int row, ColumnBuilder builder)
    {
        var text = ValueText.Format(source, row)!;
        if (source.Type.Kind == TypeKind.Decimal)
        {
            if (text.Contains('.', StringComparison.Ordinal)) text = text.TrimEnd('0').TrimEnd('.');
            if (target.Kind == TypeKind.Float64 && text.Count(char.IsAsciiDigit) > ExactDigits) return false;
        }

        return TryParse(Encoding.ASCII.GetBytes(text), builder);
    }

    private bool TryAppendJson(Column source, int row, ColumnBuilder builder)
    {
        if (isDeclared && source is VarColumn texts && source.Type.Kind == TypeKind.String)
        {
            if (!JsonValueWriter.IsJson(texts[row])) return false;
            builder.Append(texts[row]);
            return true;
        }

        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes, Relaxed);
        JsonValueWriter.Write(source, row, writer);
        writer.Flush();
        builder.Append(bytes.WrittenSpan);
        return true;
    }

    /// <summary>Reads text as a CSV file's text would be read.</summary>
    private bool TryParse(ReadOnlySpan<byte> text, ColumnBuilder builder)
    {
        text = text.Trim((byte)' ');
        switch (target.Kind)
        {
            case TypeKind.Bool when ValueTypes.IsBool(text, out var flag): builder.Append(flag); return true;
            case TypeKind.Int64 when NumberText.TryParse(text, out long whole): builder.Append(whole); return true;
            case TypeKind.Float64 when NumberText.TryParse(text, out double number): builder.Append(number); return true;
            case TypeKind.Decimal when new DecimalParser(target.Precision, target.Scale).TrySlow(text, out var unscaled): builder.Append(unscaled); return true;
            case TypeKind.Date when new DateParser(DateLayout.Iso).TrySlow(text, out var days): builder.Append((long)days); return true;
            case TypeKind.Timestamp when new TimestampParser(DateLayout.Iso, Utc).TrySlow(text, out var micros): builder.Append(micros); return true;
            default: return false;
        }
    }
}
