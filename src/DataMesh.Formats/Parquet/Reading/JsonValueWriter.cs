using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Writes one value that is not null as JSON. Bytes that are no UTF-8 get replacement characters.</summary>
internal static class JsonValueWriter
{
    public static void Write(Column column, int row, Utf8JsonWriter writer)
    {
        switch (column)
        {
            case NullColumn: writer.WriteNullValue(); break;
            case BoolColumn flags: writer.WriteBooleanValue(flags[row]); break;
            case FixedColumn<double> doubles when double.IsFinite(doubles[row]): writer.WriteNumberValue(doubles[row]); break;
            case FixedColumn<long> longs when column.Type.Kind == TypeKind.Int64: writer.WriteNumberValue(longs[row]); break;
            case FixedColumn<Int128>: writer.WriteRawValue(ValueText.Format(column, row)!, skipInputValidation: true); break;
            case VarColumn bytes when column.Type.Kind == TypeKind.Binary: writer.WriteBase64StringValue(bytes[row]); break;
            case VarColumn texts: WriteText(texts[row], column.Type.Kind == TypeKind.Json, writer); break;
            default: writer.WriteStringValue(ValueText.Format(column, row)); break;
        }
    }

    private static void WriteText(ReadOnlySpan<byte> text, bool isJson, Utf8JsonWriter writer)
    {
        if (isJson && IsJson(text)) writer.WriteRawValue(text, skipInputValidation: true);
        else if (Utf8.IsValid(text)) writer.WriteStringValue(text);
        else writer.WriteStringValue(Encoding.UTF8.GetString(text));
    }

    /// <summary>Whether a text is one whole JSON value.</summary>
    public static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            while (reader.Read()) { }
            return reader.BytesConsumed > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
