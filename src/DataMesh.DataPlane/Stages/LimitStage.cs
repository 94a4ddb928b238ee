using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages;

/// <summary>Lets the first rows through.</summary>
[Component("limit", ComponentKind.Stage, "Lets the first rows through and leaves out the rest.",
    Details = "Rows count in source order. Once the limit is reached, reading stops: rows that were not read any more stand in no account. "
        + "The limit is for one run: a run that was stopped or that died counts on when it goes on, and the next run counts anew; every look of a pipeline that runs again and again is a run.")]
[Example("The first two rows", "limit: 2", """
    {"id": 1}
    {"id": 2}
    {"id": 3}
    """, """
    {"id": 1}
    {"id": 2}
    """)]
public sealed class LimitStage : Stage
{
    /// <summary>How many rows.</summary>
    [Option("How many rows to let through.", Required = true, Shorthand = true)]
    public long Rows { get; set; }

    /// <inheritdoc/>
    public override StageOrder Order => StageOrder.Sequential;

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [input];

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        if (Rows < 0) throw new DataMeshException("`limit` can not be negative.", hint: "0 lets no row through");
        return new Bound(input, Rows);
    }

    private sealed class Bound(Schema schema, long rows) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [schema];

        public override bool NeedsOrigin => false;

        public override Keeping? Keeps => Keeping.State;

        public override string StateDefinition => $"limit: {rows}";

        public override StageWorker CreateWorker(int input = 0) => new Worker(rows);

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) => requiredOutputs;
    }

    private sealed class Worker : StageWorker
    {
        private readonly long _rows;
        private long _left;
        private long _saved;

        public Worker(long rows) => _rows = _left = _saved = rows;

        public override bool IsSatisfied => _left == 0;

        public override void Process(RecordBatch batch, StageOutput output)
        {
            if (batch.Length <= _left)
            {
                _left -= batch.Length;
                output.Emit(batch);
                return;
            }

            var first = new int[(int)_left];
            for (var i = 0; i < first.Length; i++) first[i] = i;
            _left = 0;
            output.Count(LedgerTerm.Filtered, batch.Length - first.Length);
            using (batch)
                output.Emit(batch.Take(first));
        }

        /// <summary>The run has ended: the next one counts anew.</summary>
        public override void Finish(StageOutput output) => _left = _rows;

        public override SavedState SaveState(StateWriter writer, bool whole)
        {
            if (!whole && _left == _saved) return SavedState.Unchanged;
            writer.Int64(_saved = _left);
            return SavedState.Whole;
        }

        public override void RestoreState(StateReader reader) => _left = _saved = reader.Int64();
    }
}
