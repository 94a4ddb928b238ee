using DataMesh.Core.Errors;

namespace DataMesh.Connectors.Files;

/// <summary>Finds the files that paths, folders and patterns name.</summary>
internal static class FileFinder
{
    private const int NamesLookedAt = 10_000;

    /// <summary>
    /// The files as absolute paths, each once, in ordinal order. Files and folders whose names begin with a dot or an underscore are left out unless
    /// a path names them outright. Throws when a path names nothing, unless there <paramref name="mayBeNone"/> yet.
    /// </summary>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths, Func<string, string> resolve, bool mayBeNone = false)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var before = found.Count;
            Add(path, resolve(path), found);
            if (found.Count == before && !mayBeNone) throw NothingFound(path, resolve(path));
        }

        return [.. found];
    }

    private static void Add(string path, string absolute, SortedSet<string> found)
    {
        try
        {
            if (File.Exists(absolute)) found.Add(absolute);
            else if (Directory.Exists(absolute)) found.UnionWith(Walk(absolute, true));
            else if (GlobPattern.HasWildcard(path)) AddMatches(new GlobPattern(absolute.Replace('\\', '/')), found);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new DataMeshException("The folder can not be read: permission denied.", new Location(absolute), hint: "let this user read and enter it: chmod +rx", cause: cause);
        }
    }

    private static void AddMatches(GlobPattern pattern, SortedSet<string> found)
    {
        if (!Directory.Exists(pattern.Folder)) return;
        found.UnionWith(Walk(pattern.Folder, pattern.IsRecursive).Where(file => pattern.IsMatch(file.Replace('\\', '/'))));
    }

    private static IEnumerable<string> Walk(string folder, bool isRecursive)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
            if (!IsHidden(file)) yield return file;
        if (!isRecursive) yield break;
        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            if (IsHidden(inner)) continue;
            foreach (var file in Walk(inner, true)) yield return file;
        }
    }

    private static bool IsHidden(string path) => Path.GetFileName(path) is ['.' or '_', ..];

    private static DataMeshException NothingFound(string path, string absolute)
    {
        if (Directory.Exists(absolute))
            return new DataMeshException($"The folder '{path}' holds no files.", new Location(absolute), hint: "files whose names begin with a dot or an underscore do not count");
        if (GlobPattern.HasWildcard(path))
            return new DataMeshException($"No file matches '{path}'.", detail: $"looked in {new GlobPattern(absolute).Folder}", hint: "check the pattern with ls; * stays inside one folder, ** goes through folders");
        return new DataMeshException($"There is no file '{path}'.", detail: $"looked for {absolute}", hint: Hint(absolute));
    }

    /// <summary>Names the nearest thing that exists, from the first folder on the way that does not.</summary>
    private static string? Hint(string absolute)
    {
        var missing = absolute;
        while (Path.GetDirectoryName(missing) is { } parent && !Directory.Exists(parent)) missing = parent;
        if (Path.GetDirectoryName(missing) is not { } folder) return null;
        var names = Directory.EnumerateFileSystemEntries(folder).Take(NamesLookedAt).Select(each => Path.GetFileName(each)).ToList();
        return Nearest.Hint(Path.GetFileName(missing), names);
    }
}
