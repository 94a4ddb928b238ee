using DataMesh.Formats.Csv;
using DataMesh.Formats.Json;
using DataMesh.Formats.Logs;

namespace DataMesh.Formats;

/// <summary>Checks what a user declares about a format before any file is read. Each throws <see cref="Core.Errors.DataMeshException"/> with what is meant perhaps.</summary>
public static class FormatOptionChecks
{
    /// <summary>Requires the name of a time zone.</summary>
    public static void TimeZone(string name) => CsvFormat.FindZone(name);

    /// <summary>Requires a pattern of log lines, or none.</summary>
    public static void Pattern(string? pattern)
    {
        if (pattern is not (null or Logfmt.Name) && !LogPatterns.Named.ContainsKey(pattern)) LogPatterns.Compile(pattern);
    }

    /// <summary>Requires a path to the records of a JSON document, or none.</summary>
    public static void RecordPath(string? path)
    {
        if (path is not null) JsonPath.Parse(path);
    }
}
