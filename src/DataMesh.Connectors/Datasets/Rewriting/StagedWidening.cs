using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Rewriting;

/// <summary>
/// Brings staged rows to the types of a table that was retyped after they were staged, by another pipeline or because its own values ask for
/// more: they are written once more.
/// </summary>
internal static class StagedWidening
{
    /// <summary>The commit with files that fit the table; the same when they do.</summary>
    public static SinkCommit Fit(DeltaTable table, SinkCommit commit, TimeProvider clock, CancellationToken cancellation)
    {
        if (commit.Replace || table.Refresh() is not { } snapshot) return commit;
        var schema = new Schema(commit.Output.Schema.Select(field => Wider(snapshot.Metadata, field) is { } type ? field with { Type = type } : field));
        if (schema.Select(field => field.Type).SequenceEqual(commit.Output.Schema.Select(field => field.Type))) return commit;
        var layout = TableLayout.Plan(snapshot.Metadata, schema, [], replace: false, table.Path);
        var metadata = layout.Apply(snapshot.Metadata);
        var columns = new Schema(metadata.Schema.ToSchema().Where(field => schema.IndexOf(field.Name) >= 0));
        var plan = new DatasetPlan(table.Path, columns, layout, metadata, long.MaxValue, clock);
        var files = commit.Output.Files.Select(file => DeletionFiles.Is(file) ? file : Widen(file)).ToList();
        return commit with { Output = new StagedOutput(schema, files) };

        StagedFile Widen(StagedFile file)
        {
            var staged = EpochCommit.Added(file, layout);
            using var rewriter = new RowRewriter(plan, new PartitionKey([.. layout.PartitionColumns.Select(name => staged.PartitionValues.GetValueOrDefault(layout.Find(name)!.PhysicalName))]));
            foreach (var batch in DeltaRows.ReadFile(table.Path, metadata, staged, columns))
            {
                rewriter.Add(batch);
                cancellation.ThrowIfCancellationRequested();
            }

            return rewriter.Finish().Single() with { StagedAs = file.Path };
        }
    }

    private static DataType? Wider(TableMetadata metadata, Field staged) =>
        staged.Type.Kind != TypeKind.Null && metadata.Schema.Find(staged.Name) is { IsWritable: true, Type: { } there } && DeltaTypes.Name(there) != DeltaTypes.Name(staged.Type)
        && !metadata.PartitionColumns.Contains(staged.Name, StringComparer.OrdinalIgnoreCase) && WidenedTypes.Join(staged.Type, there) == there ? there : null;
}
