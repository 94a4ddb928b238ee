using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Profiles;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Describes every column: one row per column.</summary>
[Component("profile", ComponentKind.Stage, "Describes every column by one row: nulls, distinct values, extremes, mean, deviation, quantiles, lengths, top values.",
    Details = "Counts, extremes, mean and deviation are exact. `distinct` is exact up to 1,024 values and then within about 0.8 % (one standard error). Quantiles are exact up to "
        + "8,192 different values and then within about 0.1 % of themselves, usually far less. `top` lists the ten most frequent strings with exact counts while there are at most "
        + "16,384 different ones. Extremes, mean and quantiles are written as text in the column's type; `stddev` of timestamps is in seconds, of dates in days; lengths are in bytes. "
        + "Nothing depends on the order of rows or the number of cores.")]
[Example("Two columns", "profile: { columns: [x, name] }",
    """
    {"x": 1, "name": "b", "other": true}
    {"x": 3, "name": "a", "other": true}
    {"x": null, "name": "b", "other": false}
    """,
    """
    {"column": "x", "type": "int64", "count": 3, "nulls": 1, "null_fraction": 0.3333333333333333, "distinct": 2, "min": "1", "max": "3", "mean": "2", "stddev": 1.4142135623730951, "q05": "1.1", "q25": "1.5", "q50": "2", "q75": "2.5", "q95": "2.9"}
    {"column": "name", "type": "string", "count": 3, "nulls": 0, "null_fraction": 0, "distinct": 2, "min": "a", "max": "b", "length_min": 1, "length_max": 1, "length_mean": 1, "top": [{"value": "b", "count": 2}, {"value": "a", "count": 1}]}
    """)]
public sealed class ProfileStage : Stage
{
    /// <summary>The columns to describe.</summary>
    [Option("Names of the columns to describe; all without it.", Shorthand = true)]
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <inheritdoc/>
    public override StageOrder Order => StageOrder.Merging;

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        int[] indices = Columns.Count == 0 ? [.. Enumerable.Range(0, input.Count)] : [.. ColumnPattern.RequireAll(this, nameof(Columns), Columns, input)];
        return new BoundProfile(new Schema(indices.Select(i => input[i])), indices);
    }

    private sealed class BoundProfile(Schema profiled, int[] indices) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas => [ProfileRows.Schema];

        public override StageWorker CreateWorker(int input = 0) => new Worker(profiled, indices);

        public override IReadOnlySet<string> RequiredInputs(IReadOnlySet<string>? requiredOutputs) => profiled.Names.ToHashSet(StringComparer.OrdinalIgnoreCase);

        public override void Merge(IReadOnlyList<StageWorker> workers, StageOutput output)
        {
            var whole = new BatchProfiler(profiled);
            foreach (var worker in workers) whole.Merge(((Worker)worker).Profiler);
            output.Count(LedgerTerm.Created, profiled.Count);
            output.Emit(ProfileRows.ToBatch(whole.ToProfiles()));
        }
    }

    private sealed class Worker(Schema profiled, int[] indices) : StageWorker
    {
        public BatchProfiler Profiler { get; } = new(profiled);

        public override void Process(RecordBatch batch, StageOutput output)
        {
            using (batch)
            {
                output.Count(LedgerTerm.Absorbed, batch.Length);
                using var columns = batch.Project(profiled, indices);
                Profiler.Absorb(columns);
            }
        }
    }
}
