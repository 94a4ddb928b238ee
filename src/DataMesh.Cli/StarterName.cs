using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Cli;

/// <summary>
/// The name of a new pipeline: that of its data, unless a pipeline in the same folder has it already and reads other data. Two pipelines of one name would
/// share their state and their table.
/// </summary>
internal static class StarterName
{
    private const int FilesLookedAt = 1_000;

    /// <summary>A name that is free.</summary>
    /// <param name="data">Path or glob of the data.</param>
    /// <param name="output">The file to be written, which does not count as taken; null for NAME.yaml in the current folder.</param>
    public static string For(string data, string? output)
    {
        var taken = Taken(data, output);
        return Candidates(Path.GetFileName(data.TrimEnd('/'))).First(name => !taken.Contains(name));
    }

    /// <summary><c>late</c>, then <c>late_ndjson</c>, then <c>late_2</c> and so on.</summary>
    private static IEnumerable<string> Candidates(string file)
    {
        var parts = file.Split('.', 2);
        var stem = Valid(parts[0].Trim('*', '?', '[', ']', '{', '}'));
        yield return stem;
        if (parts.Length == 2 && Valid(parts[1]) is var extension and not Nameless) yield return $"{stem}_{extension}";
        for (var n = 2; ; n++) yield return $"{stem}_{n}";
    }

    private const string Nameless = "pipeline";

    private static string Valid(string text)
    {
        var name = ColumnNames.Tidy(text).Replace('.', '_');
        return new string([.. name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-').Take(100)]) is { Length: > 0 } valid ? valid : Nameless;
    }

    private static HashSet<string> Taken(string data, string? output)
    {
        var own = output is null or "-" ? null : Path.GetFullPath(output);
        var folder = Path.GetDirectoryName(own) ?? Environment.CurrentDirectory;
        var taken = new HashSet<string>(StringComparer.Ordinal);
        if (!Directory.Exists(folder)) return taken;
        foreach (var file in Directory.EnumerateFiles(folder).Where(PipelineLoading.IsPipeline).Where(file => file != own).Take(FilesLookedAt))
        {
            if (Look(file) is { } other && other.Data != Path.GetFullPath(data)) taken.Add(other.Name);
        }

        return taken;
    }

    /// <summary>Name and data of a pipeline file; null when it is none.</summary>
    private static (string Name, string? Data)? Look(string file)
    {
        try
        {
            if (new FileInfo(file).Length > Core.Limits.PipelineFileBytesMax) return null;
            if (SpecParser.Parse(File.ReadAllText(file), file) is not SpecMap root || root.Find("pipeline")?.Value is not SpecScalar name) return null;
            var path = root.Find("source")?.Value is SpecMap source ? source.Find("path")?.Value : root.Find("source")?.Value;
            return (name.Text, path is SpecScalar text ? Path.GetFullPath(text.Text, Path.GetDirectoryName(file)!) : null);
        }
        catch (Exception error) when (error is DataMeshException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
