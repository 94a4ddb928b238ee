using System.Collections;
using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>The columns of a table in order; names are unique ignoring case.</summary>
public sealed class DeltaSchema : IReadOnlyList<DeltaField>
{
    private readonly DeltaField[] _fields;
    private readonly Dictionary<string, int> _index = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes a schema.</summary>
    public DeltaSchema(IEnumerable<DeltaField> fields)
    {
        _fields = [.. fields];
        for (var i = 0; i < _fields.Length; i++)
        {
            if (!_index.TryAdd(_fields[i].Name, i))
                throw new DataMeshException($"The table has two columns named '{_fields[i].Name}' (names are compared ignoring case).");
        }
    }

    /// <inheritdoc/>
    public int Count => _fields.Length;

    /// <inheritdoc/>
    public DeltaField this[int index] => _fields[index];

    /// <summary>The column of that name (case ignored), or null.</summary>
    public DeltaField? Find(string name) => _index.TryGetValue(name, out var at) ? _fields[at] : null;

    /// <summary>Reads the <c>schemaString</c> of a <c>metaData</c> action.</summary>
    public static DeltaSchema Parse(string text)
    {
        var fields = (JsonNode.Parse(text) as JsonObject)?["fields"] as JsonArray ?? throw new DataMeshException("The table's schema is not a struct.", detail: text);
        return new DeltaSchema(fields.Select(each => ParseField((JsonObject)each!)));
    }

    /// <summary>The <c>schemaString</c>.</summary>
    public string Serialise()
    {
        var fields = new JsonArray();
        foreach (var field in _fields)
        {
            fields.Add(new JsonObject
            {
                ["name"] = field.Name,
                ["type"] = field.DeclaredType.DeepClone(),
                ["nullable"] = field.Nullable,
                ["metadata"] = field.Metadata.DeepClone(),
            });
        }

        return new JsonObject { ["type"] = "struct", ["fields"] = fields }.ToJsonString(LogEntry.JsonOptions);
    }

    /// <summary>The columns as this program reads them, see <see cref="Columns"/>.</summary>
    public Schema ToSchema() => new(Columns().Select(column => column.Field));

    /// <summary>
    /// The columns as this program reads them, with their names in data files: structs become dotted columns, arrays and maps json.
    /// Columns of unknown types are left out.
    /// </summary>
    public IEnumerable<(Field Field, string PhysicalName)> Columns() =>
        _fields.SelectMany(field => Flatten(field, field.Name, field.PhysicalName, field.Nullable));

    private static IEnumerable<(Field Field, string PhysicalName)> Flatten(DeltaField field, string name, string physicalName, bool nullable)
    {
        if (field.DeclaredType is not JsonObject nested) return field.Type is { } type ? [(new Field(name, type, nullable), physicalName)] : [];
        if (nested["type"]?.ToString() != "struct") return [(new Field(name, DataType.Json, nullable), physicalName)];
        return ((JsonArray)nested["fields"]!).Select(each => ParseField((JsonObject)each!))
            .SelectMany(inner => Flatten(inner, $"{name}.{inner.Name}", $"{physicalName}.{inner.PhysicalName}", nullable: true));
    }

    internal static DeltaField ParseField(JsonObject field) => new(
        field["name"]?.ToString() ?? throw new DataMeshException("A column of the table's schema has no name."),
        field["type"]?.DeepClone() ?? throw new DataMeshException($"Column '{field["name"]}' of the table's schema has no type."),
        (bool?)field["nullable"] ?? true,
        field["metadata"]?.DeepClone() as JsonObject ?? []);

    /// <inheritdoc/>
    public IEnumerator<DeltaField> GetEnumerator() => ((IEnumerable<DeltaField>)_fields).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _fields.GetEnumerator();
}
