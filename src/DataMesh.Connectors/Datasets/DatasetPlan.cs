using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.Formats.Delta;
using DataMesh.Formats.Parquet;

namespace DataMesh.Connectors.Datasets;

/// <summary>How the rows of one writer lie in the table's files.</summary>
internal sealed class DatasetPlan
{
    private readonly Dictionary<string, string> _physicalNames = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes a plan.</summary>
    /// <param name="path">The table's folder.</param>
    /// <param name="rows">Schema of the rows that come.</param>
    /// <param name="layout">The table's columns after the rows are in.</param>
    /// <param name="metadata">The table's metadata, or null before its first commit.</param>
    /// <param name="fileBytes">Size at which a file is closed.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="only">The columns that go into the files, partition columns too, when these are not files of the table; null for files of the table.</param>
    public DatasetPlan(
        string path, Schema rows, TableLayout layout, TableMetadata? metadata, long fileBytes, TimeProvider clock, IReadOnlyList<string>? only = null)
    {
        Path = path;
        Rows = rows;
        FileBytes = fileBytes;
        Clock = clock;
        var columns = layout.Schema.Where(field => rows.IndexOf(field.Name) >= 0 && Holds(field.Name) && rows[rows.IndexOf(field.Name)].Type.Kind != TypeKind.Null).ToList();
        foreach (var field in columns) _physicalNames[field.Name] = field.PhysicalName;
        Indices = [.. columns.Select(field => rows.IndexOf(field.Name))];
        FileRows = new Schema(columns.Select(field => rows[rows.IndexOf(field.Name)] with { Name = field.Name }));
        FileSchema = ParquetSchema.From(FileRows, PhysicalName, name => layout.IsMapped ? layout.Find(name)!.Id : null);
        PartitionColumns = only is null ? layout.PartitionColumns : [];
        PartitionIndices = [.. PartitionColumns.Select(rows.IndexOf)];
        PartitionFolderNames = [.. PartitionColumns.Select(name => layout.Find(name)?.PhysicalName ?? name)];
        IndexedColumns = int.TryParse(metadata?.Configuration.GetValueOrDefault(PropertyNames.IndexedColumns), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var stated)
            ? stated : FileStatistics.IndexedColumnsDefault;

        bool Holds(string name) => only?.Contains(name, StringComparer.OrdinalIgnoreCase) ?? !layout.IsPartition(name);
    }

    /// <summary>Where the keys of rows go that delete others; null when the rows carry no mark of that.</summary>
    public DatasetPlan? Deletions { get; init; }

    /// <summary>The table's folder.</summary>
    public string Path { get; }

    /// <summary>Schema of the rows that come.</summary>
    public Schema Rows { get; }

    /// <summary>Columns of the rows that go into files, by index.</summary>
    public int[] Indices { get; }

    /// <summary>Schema of the rows in files, in the table's spelling and order.</summary>
    public Schema FileRows { get; }

    /// <summary>Schema of the files.</summary>
    public ParquetSchema FileSchema { get; }

    /// <summary>Display names of the partition columns.</summary>
    public IReadOnlyList<string> PartitionColumns { get; }

    /// <summary>Index of each partition column in the rows; -1 where they lack it.</summary>
    public int[] PartitionIndices { get; }

    /// <summary>Name of each partition column in folder names.</summary>
    public IReadOnlyList<string> PartitionFolderNames { get; }

    /// <summary>A file is closed when it is past this many bytes.</summary>
    public long FileBytes { get; }

    /// <summary>Columns that get statistics.</summary>
    public int IndexedColumns { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Whether the table is partitioned.</summary>
    public bool IsPartitioned => PartitionColumns.Count > 0;

    /// <summary>Name of a file column inside the file.</summary>
    public string PhysicalName(string name) => _physicalNames[name];

    /// <summary>The rows with the file's columns only.</summary>
    public RecordBatch Project(RecordBatch batch) => batch.Project(FileRows, Indices);
}
