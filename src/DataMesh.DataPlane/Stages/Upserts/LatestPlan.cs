using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Stages.Upserts;

/// <summary>What a <see cref="LatestStage"/> does to the rows of one schema.</summary>
/// <param name="Input">The schema of the rows that come.</param>
/// <param name="Keys">Key columns of the input.</param>
/// <param name="Kept">Columns of the input that go on.</param>
/// <param name="Deletes">True for rows that delete their key; null when none does.</param>
/// <param name="DeletesText">The text of that expression.</param>
internal sealed record LatestPlan(Schema Input, int[] Keys, int[] Kept, CompiledExpression? Deletes, string? DeletesText)
{
    /// <summary>The kept columns, and the mark of deletions when there can be some.</summary>
    public Schema Output { get; } = new(Kept.Select(i => Input[i]).Concat(Deletes is null ? [] : [new Field(Upsert.DeletionColumn, DataType.Bool, Nullable: false)]));

    /// <summary>Key columns of the output.</summary>
    public int[] OutputKeys { get; } = [.. Keys.Select(key => Array.IndexOf(Kept, key))];
}
