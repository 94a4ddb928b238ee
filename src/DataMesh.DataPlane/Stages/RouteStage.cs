using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Where a row goes that several conditions are true for.</summary>
public enum RouteMode
{
    /// <summary>To the first output whose condition is true.</summary>
    First,
    /// <summary>To every output whose condition is true.</summary>
    All,
}

/// <summary>Sends rows to named outputs by conditions.</summary>
[Component("route", ComponentKind.Stage, "Sends rows to named outputs by conditions.",
    Details = "Later stages and datasets read an output with `from: <id of the route>.<output>`. The condition `else` stands for the rows that no other condition took. "
        + "Without such an output, rows that no condition is true for are left out and counted as filtered.")]
[Example("Two outputs; the rows shown are those of the first", """route: { major: cost > 100, minor: else }""", """
    {"cost": 500}
    {"cost": 20}
    {"cost": null}
    """, """
    {"cost": 500}
    """)]
public sealed class RouteStage : Stage
{
    private const string ElseWord = "else";

    /// <summary>Output name to condition.</summary>
    [Option("The name of each output and its condition; the condition `else` takes the rows that no other took.", Required = true, Shorthand = true)]
    public OrderedMap<ExpressionText> To { get; set; } = [];

    /// <summary>Where a row goes that several conditions are true for.</summary>
    [Option("first (default): to the first output whose condition is true; all: to every such output.")]
    public RouteMode Mode { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [.. To.Select(entry => entry.Key)];

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [.. To.Select(_ => input)];

    /// <inheritdoc/>
    public override void CheckAlone() => Syntax.Check(To.Select(entry => entry.Value).Where(text => !IsElse(text)));

    /// <inheritdoc/>
    public override bool KeepsRecords => false;

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        if (To.Count == 0) throw new DataMeshException("`route` needs at least one output.", hint: "for example route: { major: cost > 100, minor: else }");
        var conditions = new Condition?[To.Count];
        var elseAt = -1;
        DataMeshException.CheckEach(Enumerable.Range(0, conditions.Length), i =>
        {
            if (!IsElse(To[i].Value)) conditions[i] = new Condition(To[i].Value.Text, CompiledExpression.CompileCondition(To[i].Value, input));
            else if (elseAt >= 0) throw new DataMeshException($"Both '{To[elseAt].Key}' and '{To[i].Key}' are `else`.", To[i].Location);
            else elseAt = i;
        });

        return new Bound(input, conditions, elseAt, Mode);
    }

    private static bool IsElse(ExpressionText text) => string.Equals(text.Text.Trim(), ElseWord, StringComparison.OrdinalIgnoreCase);

    private sealed record Condition(string Text, CompiledExpression Expression);

    private sealed class Bound(Schema schema, Condition?[] conditions, int elseAt, RouteMode mode) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [.. conditions.Select(_ => schema)];

        public override StageWorker CreateWorker(int input = 0) => new Worker(conditions, elseAt, mode);

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
            RequiredColumns.With(requiredOutputs, schema, conditions.SelectMany(condition => condition?.Expression.Columns ?? new HashSet<string>()));
    }

    private sealed class Worker(Condition?[] conditions, int elseAt, RouteMode mode) : StageWorker
    {
        private readonly Evaluator?[] _evaluators = [.. conditions.Select(condition => condition?.Expression.CreateEvaluator())];

        public override void Process(RecordBatch batch, StageOutput output)
        {
            using (batch)
            {
                using var failedRows = new FailedRows(batch, output);
                var matches = new Bitmap?[conditions.Length];
                for (var i = 0; i < matches.Length; i++)
                {
                    if (_evaluators[i] is not { } evaluator) continue;
                    matches[i] = evaluator.EvaluateFilter(batch, out var failed);
                    failedRows.Add(failed, QuarantineReasons.ExpressionFailed, conditions[i]!.Text);
                }

                Share(batch.Length, matches, failedRows, output);
                for (var i = 0; i < matches.Length; i++)
                {
                    using var mine = matches[i];
                    if (mine is not null) Kept.Emit(batch.Share(), mine, output, term: null, port: i);
                }
            }
        }

        /// <summary>Leaves each row in the outputs it goes to, gives `else` the rest, and accounts for rows that go to none or to several.</summary>
        private void Share(int rows, Bitmap?[] matches, FailedRows failedRows, StageOutput output)
        {
            using var taken = failedRows.All?.Clone() ?? Bitmap.Zeros(rows);
            using var bad = taken.Clone();
            var copies = 0L;
            foreach (var match in matches)
            {
                if (match is null) continue;
                match.AndNot(mode == RouteMode.First ? taken : bad);
                copies += match.CountOnes();
                taken.Or(match);
            }

            var routed = taken.CountOnes() - bad.CountOnes();
            if (copies > routed) output.Count(LedgerTerm.Created, copies - routed);
            if (elseAt < 0 && taken.CountOnes() < rows) output.Count(LedgerTerm.Filtered, rows - taken.CountOnes());
            if (elseAt < 0) return;
            taken.Not();
            matches[elseAt] = taken.Clone();
        }
    }
}
