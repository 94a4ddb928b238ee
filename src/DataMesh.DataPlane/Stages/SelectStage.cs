using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Keeps the columns named, in that order.</summary>
[Component("select", ComponentKind.Stage, "Keeps the named columns, in the order given, and leaves out all others.",
    Details = "A name may be a pattern: `cost_*` stands for every column that begins with `cost_`, `*` for all that were not named yet. Columns that no stage "
        + "and no dataset needs are not even decoded.")]
[Example("Two columns in a new order", "select: [b, a]", """{"a": 1, "b": 2, "c": 3}""", """{"b": 2, "a": 1}""")]
[Example("One column first, then those of a pattern", "select: [id, cost_*]",
    """{"cost_other": 1, "cost_repair": 2, "id": 7, "note": "x"}""", """{"id": 7, "cost_other": 1, "cost_repair": 2}""")]
public sealed class SelectStage : Stage
{
    /// <summary>The columns to keep.</summary>
    [Option("Names of the columns to keep, in the order they should have; `*` and `?` make a pattern.", Required = true, Shorthand = true)]
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) =>
        [new Schema(Columns.SelectMany(name => ColumnPattern.FindOrAssume(name, input)).DistinctBy(field => field.Name, StringComparer.OrdinalIgnoreCase))];

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var indices = ColumnPattern.FindAll(this, nameof(Columns), Columns, input, context);
        return new BoundProjection(input, new Schema(indices.Select(i => input[i])), [.. indices]);
    }
}
