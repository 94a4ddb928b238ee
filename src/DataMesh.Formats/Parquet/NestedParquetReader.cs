using System.Text.Json.Nodes;

namespace DataMesh.Formats.Parquet;

/// <summary>Reads any Parquet file as JSON objects, nested as the file is: for checkpoints and other small files.</summary>
public static class NestedParquetReader
{
    /// <summary>
    /// The rows in order, one row group in memory at a time; null members are left out. <paramref name="columns"/> limits the reading
    /// to these top-level members.
    /// </summary>
    public static IEnumerable<JsonObject> Read(string path, IReadOnlySet<string>? columns = null) => throw new NotImplementedException();
}
