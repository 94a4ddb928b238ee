using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>What becomes of a row that breaks a rule.</summary>
public enum OnFail
{
    /// <summary>It goes to quarantine with the rule's name.</summary>
    Quarantine,
    /// <summary>It is left out and counted as filtered.</summary>
    Drop,
    /// <summary>It goes on; the number of such rows is reported.</summary>
    Warn,
}

/// <summary>One rule.</summary>
public sealed class ValidateRule
{
    /// <summary>The rule's text.</summary>
    [Option("What must hold: the end of a comparison (`between 0 and 600`, `not null`, `in ('a', 'b')`, `matches '^[A-Z]+$'`, `> 0`) or a whole expression.",
        Required = true, Shorthand = true)]
    public ExpressionText Rule { get; set; } = null!;

    /// <summary>What becomes of a row that breaks it.</summary>
    [Option("quarantine (default), drop or warn.")]
    public OnFail OnFail { get; set; }
}

/// <summary>Checks rows against rules.</summary>
[Component("validate", ComponentKind.Stage, "Checks rows against rules and sets aside those that break one.",
    Details = "A rule is written under the name of its column as the end of a comparison, or under a name of its own as a whole expression. A rule that is null for a "
        + "row, because a value is missing, counts as kept; only `not null` demands a value. A row that breaks several rules is set aside for the first.")]
[Example("A range, a list, a pattern and a value that must be there",
    """validate: { speed: between 0 and 600, state: "in ('NY', 'TX')", code: "< 'a'", id: not null }""", """
    {"id": 1, "speed": 120, "state": "NY", "code": "ABC"}
    {"id": 2, "speed": 900, "state": "NY", "code": "ABC"}
    {"id": 3, "speed": null, "state": null, "code": null}
    {"id": null, "speed": 1, "state": "TX", "code": "AX"}
    {"id": 5, "speed": 1, "state": "TX", "code": "abc"}
    """, """
    {"id": 1, "speed": 120, "state": "NY", "code": "ABC"}
    {"id": 3, "speed": null, "state": null, "code": null}
    """, Quarantined = ["rule_failed", "rule_failed", "rule_failed"])]
[Example("A rule over two columns that only leaves rows out",
    "validate: { ends after it starts: { rule: finish >= start, on_fail: drop } }", """
    {"start": 1, "finish": 2}
    {"start": 2, "finish": 1}
    """, """
    {"start": 1, "finish": 2}
    """)]
public sealed class ValidateStage : Stage
{
    /// <summary>Column or rule name to rule.</summary>
    [Option("Rules by column (`speed: between 0 and 600`) or by a name of their own (`ends after it starts: finish >= start`).", Required = true, Shorthand = true)]
    public OrderedMap<ValidateRule> Rules { get; set; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [input];

    /// <inheritdoc/>
    public override void CheckAlone() => DataMeshException.CheckEach(
        Rules.Where(entry => entry.Value.Rule is not null), entry => Syntax.Check(RuleText.ToExpression(entry, new Schema([new Field(entry.Key, DataType.Null)]))));

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var checks = new List<Check>(Rules.Count);
        DataMeshException.CheckEach(Rules, entry =>
        {
            var condition = CompiledExpression.CompileCondition(RuleText.ToExpression(entry, input), input);
            checks.Add(new Check(entry.Key, entry.Value.Rule.Text.Trim(), condition, entry.Value.OnFail));
        });
        return new Bound(input, [.. checks]);
    }

    /// <summary>A compiled rule.</summary>
    private sealed record Check(string Name, string Text, CompiledExpression Condition, OnFail OnFail);

    private sealed class Bound(Schema schema, Check[] checks) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [schema];

        public override StageWorker CreateWorker(int input = 0) => new Worker(checks);

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
            RequiredColumns.With(requiredOutputs, schema, checks.SelectMany(check => check.Condition.Columns));
    }

    private sealed class Worker(Check[] checks) : StageWorker
    {
        private readonly Evaluator[] _evaluators = [.. checks.Select(check => check.Condition.CreateEvaluator())];

        public override void Process(RecordBatch batch, StageOutput output)
        {
            using (batch)
            {
                using var dropped = Bitmap.Zeros(batch.Length);
                using var failedRows = new FailedRows(batch, output);
                for (var i = 0; i < checks.Length; i++) Apply(checks[i], _evaluators[i], batch, failedRows, dropped, output);
                if (failedRows.All is { } bad) dropped.AndNot(bad);
                var left = dropped.CountOnes();
                if (left > 0) output.Count(LedgerTerm.Filtered, left);
                using var keep = failedRows.All?.Clone() ?? Bitmap.Zeros(batch.Length);
                keep.Or(dropped);
                keep.Not();
                Kept.Emit(batch.Share(), keep, output, term: null);
            }
        }

        private static void Apply(Check check, Evaluator evaluator, RecordBatch batch, FailedRows failedRows, Bitmap dropped, StageOutput output)
        {
            using var result = evaluator.Evaluate(batch, out var notComputed);
            var broken = RuleText.FalseRows(result);
            if (notComputed is not null) broken?.AndNot(notComputed);
            failedRows.Add(notComputed, QuarantineReasons.ExpressionFailed, check.Name);
            if (broken is null) return;
            if (check.OnFail == OnFail.Quarantine)
            {
                failedRows.Add(broken, QuarantineReasons.RuleFailed, check.Name, row => Describe(check, batch, row));
                return;
            }

            using (broken)
            {
                if (check.OnFail == OnFail.Drop) dropped.Or(broken);
                else output.Warn(check.Name, broken.CountOnes());
            }
        }

        private static string Describe(Check check, RecordBatch batch, int row) =>
            $"{string.Join(", ", check.Condition.Columns.Select(name => $"{name} = {ValueText.Format(batch[name], row) ?? "null"}"))} breaks the rule '{check.Text}'";
    }
}
