using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Leaves columns out.</summary>
[Component("drop", ComponentKind.Stage, "Leaves the named columns out and keeps all others.")]
[Example("Leave out one column and those of a pattern", "drop: [note, tmp_*]",
    """{"id": 1, "note": "x", "tmp_a": 1, "tmp_b": 2}""", """{"id": 1}""")]
[Example("A column that need not be there", "drop: { columns: [note, remark], ignore_missing: true }",
    """{"id": 1, "note": "x"}""", """{"id": 1}""")]
public sealed class DropStage : Stage
{
    /// <summary>The columns to leave out.</summary>
    [Option("Names of the columns to leave out; `*` and `?` make a pattern.", Required = true, Shorthand = true)]
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>Whether a column may be missing.</summary>
    [Option("Whether a column that is not there is no error; false by default.")]
    public bool IgnoreMissing { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input)
    {
        var dropped = Columns.SelectMany(name => ColumnPattern.FindOrAssume(name, input)).Select(field => field.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [new Schema(input.Where(field => !dropped.Contains(field.Name)))];
    }

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var dropped = ColumnPattern.FindAll(this, nameof(Columns), Columns, input, context, optional: IgnoreMissing);
        int[] kept = [.. Enumerable.Range(0, input.Count).Where(i => !dropped.Contains(i))];
        if (kept.Length == 0 && input.Count > 0 && !context.ColumnsArePruned)
            throw new DataMeshException("This leaves no column.", OptionPlaces.Of(this, nameof(Columns)), hint: "use select to name the columns to keep");
        return new BoundProjection(input, new Schema(kept.Select(i => input[i])), kept);
    }
}
