using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet;

/// <summary>The flat schema of a Parquet file to be written.</summary>
public sealed class ParquetSchema
{
    private ParquetSchema(Schema logical, string[] physicalNames, int?[] fieldIds)
    {
        Logical = logical;
        PhysicalNames = physicalNames;
        FieldIds = fieldIds;
    }

    /// <summary>The columns as the pipeline knows them.</summary>
    public Schema Logical { get; }

    /// <summary>The name of each column inside the file (column mapping).</summary>
    public IReadOnlyList<string> PhysicalNames { get; }

    /// <summary>The field id of each column, where there is one.</summary>
    public IReadOnlyList<int?> FieldIds { get; }

    /// <summary>Makes a file schema; names stay as they are unless <paramref name="physicalNames"/> maps them.</summary>
    public static ParquetSchema From(Schema schema, Func<string, string>? physicalNames = null, Func<string, int?>? fieldIds = null) => new(
        schema,
        [.. schema.Select(field => physicalNames?.Invoke(field.Name) ?? field.Name)],
        [.. schema.Select(field => fieldIds?.Invoke(field.Name))]);
}
