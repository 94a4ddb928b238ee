using System.Text.Json.Nodes;

namespace DataMesh.Formats.Parquet;

/// <summary>Writes JSON objects as a nested Parquet file.</summary>
public static class NestedParquetWriter
{
    /// <summary>
    /// Writes all rows. A member that is missing or null is null; timestamps are ISO 8601 texts or microseconds, dates texts or days,
    /// decimals texts or numbers, binary base64.
    /// </summary>
    public static void Write(Stream target, NestedSchema schema, IEnumerable<JsonObject> rows) => throw new NotImplementedException();
}
