using DataMesh.Core.Storage;

namespace DataMesh.Connectors.Datasets;

/// <summary>Makes the names of new files durable.</summary>
internal static class FolderFlush
{
    /// <summary>Flushes the folders of files, up to the table's own.</summary>
    public static void Run(string table, IEnumerable<string> paths)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal) { table };
        foreach (var path in paths)
            for (var folder = Path.GetDirectoryName(path)!; folder.Length > table.Length && folders.Add(folder);) folder = Path.GetDirectoryName(folder)!;
        foreach (var folder in folders) DurableFiles.FlushFolder(folder);
    }
}
