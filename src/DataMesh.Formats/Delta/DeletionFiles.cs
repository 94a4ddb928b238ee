using DataMesh.Core.Components;

namespace DataMesh.Formats.Delta;

/// <summary>
/// Files that hold the keys of rows to delete. They are staged with an epoch and used up by its commit: they never become part of the table.
/// </summary>
public static class DeletionFiles
{
    /// <summary>Their folder inside a table.</summary>
    public const string Folder = "_datamesh/deletions/";

    /// <summary>Whether a staged file holds keys to delete.</summary>
    public static bool Is(StagedFile file) => Is(file.Path);

    /// <summary>Whether a path inside a table is that of a file of keys to delete.</summary>
    public static bool Is(string path) => path.StartsWith(Folder, StringComparison.Ordinal);
}
