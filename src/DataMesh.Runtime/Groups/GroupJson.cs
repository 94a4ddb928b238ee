using System.Text.Json;
using System.Text.Json.Serialization;
using DataMesh.Core.Columns;
using DataMesh.DataPlane.Flow;
using DataMesh.Runtime.Groups.Remote;

namespace DataMesh.Runtime.Groups;

/// <summary>The JSON of everything that crosses between a commit group's coordinator and its task instances.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true,
    Converters = [typeof(DataTypeConverter), typeof(SchemaConverter)])]
[JsonSerializable(typeof(PartBeginning))]
[JsonSerializable(typeof(PartOrder))]
[JsonSerializable(typeof(SplitRequest))]
[JsonSerializable(typeof(SplitGrant))]
[JsonSerializable(typeof(PartReport))]
[JsonSerializable(typeof(Finding))]
[JsonSerializable(typeof(Widening))]
[JsonSerializable(typeof(GroupCall))]
[JsonSerializable(typeof(GroupAnswer))]
public sealed partial class GroupJson : JsonSerializerContext;

/// <summary>A type as the word that users write.</summary>
public sealed class DataTypeConverter : JsonConverter<DataType>
{
    /// <inheritdoc/>
    public override DataType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DataType.TryParse(reader.GetString() ?? "", out var type) ? type : throw new JsonException("This is not a type.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DataType value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>A schema as a list of its fields: name, type, and whether nulls are allowed.</summary>
public sealed class SchemaConverter : JsonConverter<Schema>
{
    /// <inheritdoc/>
    public override Schema Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Require(reader.TokenType == JsonTokenType.StartArray);
        var fields = new List<Field>();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            Require(reader.Read() && reader.TokenType == JsonTokenType.String);
            var name = reader.GetString()!;
            Require(reader.Read() && reader.TokenType == JsonTokenType.String);
            Require(DataType.TryParse(reader.GetString()!, out var type));
            Require(reader.Read() && reader.TokenType is JsonTokenType.True or JsonTokenType.False);
            fields.Add(new Field(name, type, reader.GetBoolean()));
            Require(reader.Read() && reader.TokenType == JsonTokenType.EndArray);
        }

        Require(reader.TokenType == JsonTokenType.EndArray);
        return new Schema(fields);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Schema value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var field in value)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(field.Name);
            writer.WriteStringValue(field.Type.ToString());
            writer.WriteBooleanValue(field.Nullable);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void Require(bool holds)
    {
        if (!holds) throw new JsonException("This is not a schema.");
    }
}
