using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Columns;

/// <summary>
/// Rows as JSON objects, for small data: examples, the tests inside pipeline files, and what people look at. The decoder of JSON files is another one.
/// Nested objects become dotted columns; arrays stay json; text that looks like a date stays a string unless a schema says otherwise.
/// </summary>
public static class JsonRows
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Reads objects that stand one after another, usually one a line. Without a schema, it is inferred.</summary>
    public static RecordBatch Parse(string text, Schema? schema = null) => Parse(Split(text), schema);

    /// <summary>Reads one object per text. With a schema, a missing member is null and an unknown one is an error.</summary>
    public static RecordBatch Parse(IReadOnlyList<string> rows, Schema? schema = null)
    {
        schema ??= InferSchema(rows);
        var builders = schema.Select(field => new ColumnBuilder(field.Type)).ToArray();
        foreach (var row in rows)
        {
            using var document = ParseObject(row);
            JsonRowReader.Append(document.RootElement, schema, builders);
        }

        return new RecordBatch(schema, [.. builders.Select(builder => builder.Build())], rows.Count);
    }

    /// <summary>The smallest schema that holds all rows, with columns in order of first appearance.</summary>
    public static Schema InferSchema(IReadOnlyList<string> rows)
    {
        var inference = new JsonRowInference();
        foreach (var row in rows)
        {
            using var document = ParseObject(row);
            inference.Add(document.RootElement);
        }

        return inference.ToSchema();
    }

    /// <summary>Splits a text of several objects into the text of each.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { AllowMultipleValues = true, CommentHandling = JsonCommentHandling.Skip });
        var rows = new List<string>();
        try
        {
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                rows.Add(Encoding.UTF8.GetString(bytes.AsSpan(start, (int)reader.BytesConsumed - start)));
            }
        }
        catch (JsonException failure)
        {
            throw new DataMeshException("The rows are not JSON objects.", detail: failure.Message, cause: failure);
        }

        return rows;
    }

    /// <summary>Every row as a JSON object. Numbers and booleans are bare, json is embedded as it is, everything else is its canonical text.</summary>
    public static IReadOnlyList<string> Write(RecordBatch batch)
    {
        var rows = new string[batch.Length];
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes, Relaxed);
        for (var row = 0; row < rows.Length; row++)
        {
            bytes.ResetWrittenCount();
            WriteRow(batch, row, writer);
            writer.Flush();
            rows[row] = Encoding.UTF8.GetString(bytes.WrittenSpan);
            writer.Reset();
        }

        return rows;
    }

    /// <summary>One row as a JSON object.</summary>
    public static void WriteRow(RecordBatch batch, int row, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            writer.WritePropertyName(batch.Schema[i].Name);
            WriteValue(batch[i], row, writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Column column, int row, Utf8JsonWriter writer)
    {
        if (column.IsNull(row))
        {
            writer.WriteNullValue();
            return;
        }

        switch (column)
        {
            case BoolColumn flags: writer.WriteBooleanValue(flags[row]); break;
            case FixedColumn<double> doubles when !double.IsFinite(doubles[row]): writer.WriteStringValue(ValueText.Format(column, row)); break;
            case VarColumn bytes when column.Type.Kind == TypeKind.Json: writer.WriteRawValue(bytes[row], skipInputValidation: true); break;
            case VarColumn bytes when column.Type.Kind == TypeKind.String: writer.WriteStringValue(bytes[row]); break;
            default:
                if (column.Type.IsNumeric) writer.WriteRawValue(ValueText.Format(column, row)!, skipInputValidation: true);
                else writer.WriteStringValue(ValueText.Format(column, row));
                break;
        }
    }

    private static JsonDocument ParseObject(string row)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(row, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, MaxDepth = Limits.NestingDepthMax });
        }
        catch (JsonException failure)
        {
            throw new DataMeshException("A row is not a JSON object.", detail: $"{row}: {failure.Message}", cause: failure);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw new DataMeshException("A row is not a JSON object.", detail: row, hint: "write rows as { \"column\": value, … }");
    }
}
