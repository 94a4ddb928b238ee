using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Rewriting;

/// <summary>How rows of a table are written to new files of the same table.</summary>
internal sealed class RewritePlan
{
    private readonly string _path;
    private readonly TableMetadata _metadata;
    private readonly TableLayout _layout;

    /// <summary>Throws when the table has columns that this program reads only.</summary>
    /// <param name="snapshot">The version whose files are written again.</param>
    /// <param name="fileBytes">Size at which a file is closed.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="metadata">What the table will be, with wider types; null when it stays as it is.</param>
    public RewritePlan(DeltaSnapshot snapshot, long fileBytes, TimeProvider clock, TableMetadata? metadata = null)
    {
        ProtocolSupport.RequireWritable(snapshot.Protocol, snapshot.Metadata, snapshot.Path);
        if (snapshot.Metadata.Schema.FirstOrDefault(field => !field.IsWritable) is { } unfit)
        {
            throw new DataMeshException(
                $"The files of '{snapshot.Path}' can not be rewritten: column '{unfit.Name}' has a type that can be read but not written.",
                detail: unfit.DeclaredType.ToJsonString(), hint: "rewrite it with the engine that made it");
        }

        (_path, _metadata, Rows) = (snapshot.Path, metadata ?? snapshot.Metadata, metadata?.Schema.ToSchema() ?? snapshot.Schema);
        _layout = TableLayout.Plan(_metadata, Rows, [], replace: false, _path);
        Files = new DatasetPlan(_path, Rows, _layout, _metadata, fileBytes, clock);
    }

    /// <summary>The columns of the rows.</summary>
    public Schema Rows { get; }

    /// <summary>How the rows lie in the files.</summary>
    public DatasetPlan Files { get; }

    /// <summary>The partition of a file.</summary>
    public PartitionKey PartitionOf(AddFile file) => new([.. _layout.PartitionColumns.Select(name => file.PartitionValues.GetValueOrDefault(_layout.Find(name)!.PhysicalName))]);

    /// <summary>All rows of a live file.</summary>
    public IEnumerable<RecordBatch> Read(AddFile file) => DeltaRows.ReadFile(_path, _metadata, file, Rows);

    /// <summary>The action that adds a rewritten file.</summary>
    public AddFile Added(StagedFile file, bool dataChange) => EpochCommit.Added(file, _layout) with { DataChange = dataChange };
}
