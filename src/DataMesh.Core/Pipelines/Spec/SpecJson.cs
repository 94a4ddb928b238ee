using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DataMesh.Core.Pipelines.Spec;

/// <summary>Writes values of a pipeline file as JSON: the rows of its tests.</summary>
public static class SpecJson
{
    /// <summary>The value as one line of JSON. Unquoted numbers, true, false and null keep their type; everything else is a string.</summary>
    public static string Write(SpecNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(node, writer);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(SpecNode node, Utf8JsonWriter writer)
    {
        switch (node)
        {
            case SpecScalar scalar:
                WriteScalar(scalar, writer);
                break;
            case SpecList list:
                writer.WriteStartArray();
                foreach (var item in list.Items) Write(item, writer);
                writer.WriteEndArray();
                break;
            case SpecMap map:
                writer.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(entry.Value, writer);
                }

                writer.WriteEndObject();
                break;
        }
    }

    private static void WriteScalar(SpecScalar scalar, Utf8JsonWriter writer)
    {
        if (scalar.IsNull) writer.WriteNullValue();
        else if (!scalar.IsQuoted && scalar.Text is "true" or "false") writer.WriteBooleanValue(scalar.Text == "true");
        else if (!scalar.IsQuoted && IsJsonNumber(scalar.Text)) writer.WriteRawValue(scalar.Text);
        else writer.WriteStringValue(scalar.Text);
    }

    private static bool IsJsonNumber(string text)
    {
        if (text.Length == 0 || !(char.IsAsciiDigit(text[0]) || text[0] == '-') || !text.All(c => char.IsAsciiDigit(c) || c is '-' or '+' or '.' or 'e' or 'E')) return false;
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
