using System.Text.Json.Nodes;
using DataMesh.Formats.Parquet;

namespace DataMesh.Formats.Delta;

/// <summary>Reads checkpoints: classic and multi-part ones, and v2 ones (Parquet or JSON) with their sidecars.</summary>
internal static class CheckpointReader
{
    private static readonly HashSet<string> Actions = ["add", "remove", "metaData", "protocol", "txn", "domainMetadata", "sidecar"];

    public static IEnumerable<JsonObject> Read(string table, CheckpointFiles checkpoint)
    {
        foreach (var action in checkpoint.Paths.SelectMany(ReadFile))
        {
            yield return action;
            if (action["sidecar"]?["path"]?.ToString() is not { } sidecar) continue;
            foreach (var file in ReadFile(SidecarPath(table, sidecar))) yield return file;
        }
    }

    private static IEnumerable<JsonObject> ReadFile(string path) =>
        path.EndsWith(".json", StringComparison.Ordinal) ? LogReader.ReadEntry(path) : NestedParquetReader.Read(path, Actions);

    /// <summary>Sidecars are named relative to their folder, or by an absolute path.</summary>
    private static string SidecarPath(string table, string logged) => Path.Combine(LogFolder.Of(table), "_sidecars", DeltaPath.Decode(logged));
}
