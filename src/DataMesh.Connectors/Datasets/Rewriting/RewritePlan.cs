using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Rewriting;

/// <summary>How rows of a table are written to new files of the same table.</summary>
internal sealed class RewritePlan
{
    private readonly DeltaSnapshot _snapshot;
    private readonly TableLayout _layout;

    /// <summary>Throws when the table has columns that this program reads only.</summary>
    public RewritePlan(DeltaSnapshot snapshot, long fileBytes, TimeProvider clock)
    {
        ProtocolSupport.RequireWritable(snapshot.Protocol, snapshot.Metadata, snapshot.Path);
        if (snapshot.Metadata.Schema.FirstOrDefault(field => !field.IsWritable) is { } unfit)
        {
            throw new DataMeshException(
                $"The files of '{snapshot.Path}' can not be rewritten: column '{unfit.Name}' has a type that can be read but not written.",
                detail: unfit.DeclaredType.ToJsonString(), hint: "rewrite it with the engine that made it");
        }

        _snapshot = snapshot;
        _layout = TableLayout.Plan(snapshot.Metadata, snapshot.Schema, [], replace: false, snapshot.Path);
        Files = new DatasetPlan(snapshot.Path, snapshot.Schema, _layout, snapshot.Metadata, fileBytes, clock);
    }

    /// <summary>How the rows lie in the files.</summary>
    public DatasetPlan Files { get; }

    /// <summary>The partition of a file.</summary>
    public PartitionKey PartitionOf(AddFile file) => new([.. _layout.PartitionColumns.Select(name => file.PartitionValues.GetValueOrDefault(_layout.Find(name)!.PhysicalName))]);

    /// <summary>All rows of a live file.</summary>
    public IEnumerable<RecordBatch> Read(AddFile file) => DeltaRows.ReadFile(_snapshot, file);

    /// <summary>The action that adds a rewritten file.</summary>
    public AddFile Added(StagedFile file, bool dataChange) => EpochCommit.Added(file, _layout) with { DataChange = dataChange };
}
