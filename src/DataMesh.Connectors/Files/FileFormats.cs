using DataMesh.Core.Errors;
using DataMesh.Formats;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Json;
using DataMesh.Formats.Logs;
using DataMesh.Formats.Parquet;

namespace DataMesh.Connectors.Files;

/// <summary>The word for <c>format:</c> of the file source.</summary>
public enum FileFormatName
{
    /// <summary>Found by content.</summary>
    Auto,
    /// <summary>Delimited text.</summary>
    Csv,
    /// <summary>Delimited by tabs.</summary>
    Tsv,
    /// <summary>One JSON object a line.</summary>
    Ndjson,
    /// <summary>JSON in any layout.</summary>
    Json,
    /// <summary>Log lines.</summary>
    Log,
    /// <summary>Apache Parquet.</summary>
    Parquet,
}

/// <summary>The file formats that there are.</summary>
public static class FileFormats
{
    private const double Unsure = 0.1;

    /// <summary>Every format, asked in this order when the format is to be found.</summary>
    public static IReadOnlyList<FileFormat> All { get; } = [new JsonFormat(), new LogFormat(), new ParquetFormat(), new CsvFormat()];

    /// <summary>The format of a file: as declared, or the surest one.</summary>
    public static FileFormat Choose(FileHead head, FileFormatName declared)
    {
        if (declared == FileFormatName.Ndjson) return JsonFormat.Lines;
        if (declared != FileFormatName.Auto) return Named(declared == FileFormatName.Tsv ? "csv" : declared.ToString().ToLowerInvariant());
        var (format, score) = All.Select(each => (each, Score: each.Recognise(head))).MaxBy(each => each.Score);
        if (score > Unsure) return format;
        throw new DataMeshException("The format of the file is not known.", new Location(head.Path),
            $"None of {string.Join(", ", All.Select(each => each.Name))} reads its first bytes.", "say which it is with 'format' (csv, ndjson, json, log, parquet), or leave the file out");
    }

    private static FileFormat Named(string name) =>
        All.FirstOrDefault(each => each.Name == name) ?? throw new DataMeshException($"The format '{name}' is not built in here.");
}
