using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Parquet.Splits;

namespace DataMesh.Formats.Parquet;

/// <summary>
/// Apache Parquet as a source. Positions are row numbers; a block is a row group or a slice of one. Only the chunks of the columns that are
/// needed are read. Types come from the file; where they differ from what the pipeline expects, values are converted when nothing is lost.
/// </summary>
public sealed class ParquetFormat : FileFormat
{
    /// <inheritdoc/>
    public override string Name => "parquet";

    /// <inheritdoc/>
    public override double Recognise(FileHead head) => head.Bytes.Span.StartsWith("PAR1"u8) || head.Bytes.Span.StartsWith("PARE"u8) ? 1 : 0;

    /// <inheritdoc/>
    public override FormatDescription Describe(FileHead head, FormatOptions options)
    {
        if (head.Text.Compression != "none")
            throw new DataMeshException($"The Parquet file is compressed as a whole with {head.Text.Compression}.", new Location(head.Path), hint: "decompress it first: Parquet files are read from their end");
        using var file = SharedFile.Open(head.Path);
        var schema = new Schema(file.File.Schema.Select(field => new Field(field.Name, options.Types.GetValueOrDefault(field.Name, field.Type))));
        var dialect = new ParquetDialect(options.Types.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase), CsvFormat.FindZone(options.TimeZone));
        return new FormatDescription(this, schema, dialect, new TextEncoding(Encoding: "binary"), Facts(file.File));
    }

    /// <inheritdoc/>
    public override ValueTask<SplitReader> OpenAsync(FileToOpen file, FormatDescription description, DecodePlan plan, CancellationToken cancellation)
    {
        var shared = SharedFile.Open(file.Path);
        var shape = new ParquetShape(shared.File, plan, (ParquetDialect)description.Dialect);
        return new ValueTask<SplitReader>(new ParquetSplitReader(shared, shape, file));
    }

    /// <summary>Kept rows are JSON.</summary>
    public override SplitReader OpenRecords(KeptRecords kept, FormatOptions options, DecodePlan plan) => new Json.JsonFormat().OpenRecords(kept, options, plan);

    private static Dictionary<string, string> Facts(ParquetFile file)
    {
        var facts = new Dictionary<string, string>
        {
            ["compression"] = file.Codecs.Count == 0 ? "none" : string.Join(", ", file.Codecs),
            ["rows"] = file.Rows.ToString(CultureInfo.InvariantCulture),
            ["row_groups"] = file.RowGroupRows.Count.ToString(CultureInfo.InvariantCulture),
        };
        if (!string.IsNullOrEmpty(file.CreatedBy)) facts["written_by"] = file.CreatedBy;
        return facts;
    }
}

/// <summary>What reading a Parquet file needs besides the file.</summary>
/// <param name="Declared">Columns whose types the user declared: a value that does not fit is bad, never a widening.</param>
/// <param name="Zone">The zone of timestamps that the file does not relate to UTC.</param>
internal sealed record ParquetDialect(IReadOnlySet<string> Declared, TimeZoneInfo Zone);
