using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Kernels;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Lets rows through for which a condition is true.</summary>
[Component("filter", ComponentKind.Stage, "Lets the rows through for which a condition is true.",
    Details = "Rows for which it is false or null are left out and counted as filtered. Rows for which it can not be computed go to quarantine.")]
[Example("Rows above zero; null is not true", "filter: cost > 0", """
    {"cost": 5}
    {"cost": 0}
    {"cost": null}
    """, """
    {"cost": 5}
    """)]
public sealed class FilterStage : Stage
{
    /// <summary>The condition.</summary>
    [Option("An expression that is true for the rows to keep.", Required = true, Shorthand = true)]
    public ExpressionText Condition { get; set; } = null!;

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [input];

    /// <inheritdoc/>
    public override void CheckAlone() => Syntax.Check(Condition);

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context) => new Bound(input, CompiledExpression.CompileCondition(Condition, input), Condition.Text);

    private sealed class Bound(Schema schema, CompiledExpression condition, string text) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [schema];

        public override bool NeedsOrigin => condition.CanFail;

        public override StageWorker CreateWorker(int input = 0) => new Worker(condition.CreateEvaluator(), text);

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
            RequiredColumns.With(requiredOutputs, schema, condition.Columns);
    }

    private sealed class Worker(Evaluator evaluator, string text) : StageWorker
    {
        public override void Process(RecordBatch batch, StageOutput output)
        {
            using var keep = evaluator.EvaluateFilter(batch, out var failed);
            if (failed is null)
            {
                Kept.Emit(batch, keep, output, LedgerTerm.Filtered);
                return;
            }

            using (failed)
            {
                var bad = failed.ToIndices();
                output.Quarantine(batch, bad, QuarantineReasons.ExpressionFailed, text);
                keep.AndNot(failed);
                output.Count(LedgerTerm.Filtered, batch.Length - bad.Length - keep.CountOnes());
                Kept.Emit(batch, keep, output, term: null);
            }
        }
    }
}
