using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Adds computed columns.</summary>
[Component("derive", ComponentKind.Stage, "Adds columns that are computed from others, or replaces columns.",
    Details = "Expressions are computed in the order they stand; later ones see the columns of earlier ones. A name that exists already is replaced in its place. "
        + "Rows for which an expression can not be computed (an overflow, say) go to quarantine.")]
[Example("A second column built on the first", """derive: { net: "gross - tax", rate: "tax / net" }""",
    """{"gross": 120, "tax": 20}""", """{"gross": 120, "tax": 20, "net": 100, "rate": 0.2}""")]
[Example("Replacing a column", "derive: { cents: cents / 100 }", """{"cents": 250, "id": 1}""", """{"cents": 2.5, "id": 1}""")]
public sealed class DeriveStage : Stage
{
    /// <summary>Name to expression.</summary>
    [Option("The name of each column and the expression that computes it.", Required = true, Shorthand = true)]
    public OrderedMap<ExpressionText> Columns { get; set; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [ColumnPattern.Assume(input, Columns.Select(entry => entry.Key))];

    /// <inheritdoc/>
    public override void CheckAlone() => Syntax.Check(Columns.Select(entry => entry.Value));

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var steps = new List<Step>(Columns.Count);
        var schema = input;
        DataMeshException.CheckEach(Columns, entry =>
        {
            var before = schema;
            schema = With(before, entry.Key, DataType.Null);
            var expression = CompiledExpression.Compile(entry.Value, before);
            schema = With(before, entry.Key, expression.Type);
            steps.Add(new Step(entry.Value.Text, expression, schema.IndexOf(entry.Key), schema));
        });
        return new Bound(input, schema, steps);
    }

    private static Schema With(Schema schema, string name, DataType type)
    {
        var at = schema.IndexOf(name);
        var field = new Field(at < 0 ? name : schema[at].Name, type);
        return new Schema(at < 0 ? schema.Append(field) : schema.Select((each, i) => i == at ? field : each));
    }

    /// <summary>One expression: where its column goes, and the schema afterwards.</summary>
    private sealed record Step(string Text, CompiledExpression Expression, int Index, Schema Schema);

    private sealed class Bound(Schema input, Schema output, List<Step> steps) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [output];

        public override bool NeedsOrigin => steps.Any(step => step.Expression.CanFail);

        public override StageWorker CreateWorker(int input = 0) => new Worker(steps);

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
            RequiredColumns.With(requiredOutputs, input, steps.SelectMany(step => step.Expression.Columns).Where(name => input.IndexOf(name) >= 0));
    }

    private sealed class Worker(List<Step> steps) : StageWorker
    {
        private readonly Evaluator[] _evaluators = [.. steps.Select(step => step.Expression.CreateEvaluator())];

        public override void Process(RecordBatch batch, StageOutput output)
        {
            using (batch)
            {
                using var failedRows = new FailedRows(batch, output);
                var current = batch.Share();
                for (var i = 0; i < steps.Count; i++)
                {
                    var column = _evaluators[i].Evaluate(current, out var failed);
                    failedRows.Add(failed, QuarantineReasons.ExpressionFailed, steps[i].Text);
                    current = Put(current, steps[i], column);
                }

                failedRows.EmitRest(current);
            }
        }

        /// <summary>The batch with one more or another column; takes ownership of both.</summary>
        private static RecordBatch Put(RecordBatch batch, Step step, Column column)
        {
            using (batch)
            {
                var columns = new Column[step.Schema.Count];
                for (var i = 0; i < columns.Length; i++) columns[i] = i == step.Index ? column : batch[i].Share();
                return new RecordBatch(step.Schema, columns, batch.Length, batch.Origin?.Share());
            }
        }
    }
}
