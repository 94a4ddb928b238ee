using DataMesh.Core.Columns;
using DataMesh.Core.Keys;
using DataMesh.Core.Storage;

namespace DataMesh.Core.Components;

/// <summary>How the runtime may run a stage.</summary>
public enum StageOrder
{
    /// <summary>Each batch by itself, on any core: filter, derive, cast.</summary>
    Parallel,
    /// <summary>Batches in source order, one at a time: deduplicate, limit.</summary>
    Sequential,
    /// <summary>Each core absorbs batches into a worker of its own; at the end the workers are merged: aggregate.</summary>
    Merging,
}

/// <summary>What a stage keeps from batch to batch, and so where an epoch may end.</summary>
public enum Keeping
{
    /// <summary>Nothing: an epoch may end anywhere.</summary>
    Nothing,
    /// <summary>
    /// State that its worker can save at a barrier and restore: an epoch may end anywhere, in the same epoch's commit the state becomes durable, and the
    /// next epoch, or the next run, goes on with it. Only for <see cref="StageOrder.Sequential"/>.
    /// </summary>
    State,
    /// <summary>What only the whole input of a run can complete: the run is one epoch.</summary>
    WholeInput,
}

/// <summary>What <see cref="StageWorker.SaveState"/> wrote.</summary>
public enum SavedState
{
    /// <summary>Nothing: the state is what it was when it was saved last.</summary>
    Unchanged,
    /// <summary>What changed since it was saved last.</summary>
    Changes,
    /// <summary>All of it: earlier files are no longer needed.</summary>
    Whole,
}

/// <summary>
/// One transformation, as declared: the options. Made by the catalog from a pipeline file, then bound to the schemas it meets.
/// Options are not changed after binding began; one stage can be bound several times (a drifted schema, a restart).
/// </summary>
public abstract class Stage
{
    /// <summary>How the runtime may run it.</summary>
    public virtual StageOrder Order => StageOrder.Parallel;

    /// <summary>
    /// Whether every row that comes out is one row that came in, decided by its values alone. Behind a stage that makes several rows of one, remembers rows, or
    /// decides by their position, a bad row can not come back from its source record: the others would come twice, or be taken for repeats.
    /// </summary>
    public virtual bool KeepsRecords => Order == StageOrder.Parallel;

    /// <summary>Names of the outputs; all but <c>route</c> have one.</summary>
    public virtual IReadOnlyList<string> Outputs => ["out"];

    /// <summary>Loads what the stage needs before it is first bound (a lookup's reference file). Called once.</summary>
    public virtual ValueTask PrepareAsync(ComponentContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Binds to one input schema. Throws <see cref="Errors.DataMeshException"/> with the place in the pipeline file when it does not fit.</summary>
    public abstract BoundStage Bind(Schema input, ComponentContext context);

    /// <summary>
    /// What comes out as far as the options tell, for checking later stages when <see cref="Bind(Schema, ComponentContext)"/> failed: columns whose type is not
    /// known have the type null, which goes with everything. Null where nothing can be said.
    /// </summary>
    public virtual IReadOnlyList<Schema>? OutputsInSpite(Schema input) => null;

    /// <summary>Checks what can be checked while the input is not known: the syntax of expressions. Throws like <see cref="Bind(Schema, ComponentContext)"/>.</summary>
    public virtual void CheckAlone()
    {
    }

    /// <summary>Binds to several inputs; only <c>union</c> takes more than one.</summary>
    public virtual BoundStage Bind(IReadOnlyList<Schema> inputs, ComponentContext context) => Bind(inputs[0], context);
}

/// <summary>A stage bound to its input schemas: knows what comes out and makes workers.</summary>
public abstract class BoundStage
{
    /// <summary>One schema per output of the stage.</summary>
    public abstract IReadOnlyList<Schema> OutputSchemas { get; }

    /// <summary>
    /// A worker for one core and one input. Workers share nothing mutable unless they guard it; the runtime never calls one worker from two threads at once.
    /// </summary>
    public abstract StageWorker CreateWorker(int input = 0);

    /// <summary>
    /// Which input columns are needed to make the given output columns (null: all of them). The runtime decodes only what some stage or sink needs.
    /// The default needs everything. What a stage may quarantine by is always needed: results never depend on what later stages read.
    /// Stages are then bound again, to the narrowed schemas, with <see cref="ComponentContext.ColumnsArePruned"/>.
    /// </summary>
    public virtual IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) => null;

    /// <summary>
    /// Whether the stage looks at <see cref="RecordBatch.Origin"/>, to set rows aside with their bytes or to know their position. When no stage from here
    /// on does, batches go without.
    /// </summary>
    public virtual bool NeedsOrigin => true;

    /// <summary>
    /// Whether workers keep rows only until the next barrier and let go of them there (<see cref="StageWorker.EndEpoch"/>): then an epoch may end
    /// anywhere although the stage needs order.
    /// </summary>
    public virtual bool EndsWithEpoch => false;

    /// <summary>
    /// What the stage keeps from batch to batch; null is nothing for a parallel stage and the whole input for every other. No result may depend on
    /// where an epoch ends.
    /// </summary>
    public virtual Keeping? Keeps => null;

    /// <summary>
    /// Stages that keep state: the options and types that the state depends on, as text. State that was saved under another definition is refused with
    /// both texts in the message.
    /// </summary>
    public virtual string StateDefinition => "";

    /// <summary>Merging stages: merges what the workers absorbed, in the order given, and emits the result.</summary>
    public virtual void Merge(IReadOnlyList<StageWorker> workers, StageOutput output)
    {
    }

    /// <summary>
    /// Divides the rows by key when several tasks run the pipeline: rows of one key come to one task, and the result does not depend on which keys come
    /// to the same. Null when the stage needs all rows in one place.
    /// </summary>
    public virtual RowDivider? CreateDivider() => null;

    /// <summary>Merging stages: whether what workers absorbed can go to another task as bytes, instead of the rows.</summary>
    public virtual bool SendsStates => false;

    /// <summary>Merging stages that send states: puts together what the workers absorbed and writes it in pieces, each for one task. The workers are used up.</summary>
    /// <param name="workers">The workers of all cores.</param>
    /// <param name="tasks">How many tasks the keys are divided among.</param>
    /// <param name="orderOf">The place among all splits of the split that a block is of, by the block's number.</param>
    public virtual IEnumerable<(int Task, byte[] State)> WriteStates(IReadOnlyList<StageWorker> workers, int tasks, Func<long, int> orderOf) =>
        throw new NotSupportedException($"{GetType().Name} sends no states.");

    /// <summary>Merging stages that send states: takes in a piece that <see cref="WriteStates"/> wrote in some task.</summary>
    public virtual void TakeState(StageWorker worker, byte[] state) => throw new NotSupportedException($"{GetType().Name} sends no states.");
}

/// <summary>Gives rows the groups of their keys; see <see cref="KeyShare"/>. Not thread-safe.</summary>
public abstract class RowDivider
{
    /// <summary>The group of every row. Rows with equal keys are in one group.</summary>
    public abstract byte[] GroupsOf(RecordBatch batch);
}

/// <summary>Runs a bound stage over batches on one core.</summary>
public abstract class StageWorker
{
    /// <summary>Transforms a batch. The worker now owns it: it emits it (or batches made from it) or disposes it.</summary>
    public abstract void Process(RecordBatch batch, StageOutput output);

    /// <summary>
    /// Called once after the last batch of a run (not on merging stages): emits what was held back. A stage that keeps state is saved afterwards.
    /// </summary>
    public virtual void Finish(StageOutput output)
    {
    }

    /// <summary>Called at a barrier in mid-input, on ordered stages: emits what must stand in this epoch. More batches follow.</summary>
    public virtual void EndEpoch(StageOutput output)
    {
    }

    /// <summary>True when the worker holds so much that the epoch should end soon.</summary>
    public virtual bool WantsBarrier => false;

    /// <summary>
    /// True when no further input can change the output (limit reached), so that reading can stop early.
    /// </summary>
    public virtual bool IsSatisfied => false;

    /// <summary>
    /// Stages that keep state: writes it, after the last batch of an epoch. The epoch is then committed, or the worker is never used again.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="whole">Whether all of it is wanted; else what changed since it was saved or restored last will do.</param>
    public virtual SavedState SaveState(StateWriter writer, bool whole) => throw new NotSupportedException($"{GetType().Name} keeps no state.");

    /// <summary>
    /// Stages that keep state: takes in what <see cref="SaveState"/> wrote, before the first batch. Called once per file, oldest first: a whole
    /// one, then changes.
    /// </summary>
    public virtual void RestoreState(StateReader reader) => throw new NotSupportedException($"{GetType().Name} keeps no state.");

    /// <summary>
    /// Keyed stages that keep state: takes in what one of several tasks saved, as far as its keys are of the share. Called for the files of every such task,
    /// one task after the other; what comes is added to what is there.
    /// </summary>
    public virtual void RestoreState(StateReader reader, KeyShare share) => throw new NotSupportedException($"{GetType().Name} keeps no state by key.");
}

/// <summary>Why rows left the flow, or came into it, inside a stage: the terms of the ledger's equation besides in, out and quarantined.</summary>
public enum LedgerTerm
{
    /// <summary>Rows made beyond one per input row (explode, lookup 1:n, route to several).</summary>
    Created,
    /// <summary>Rows left out on purpose (filter, sample, limit).</summary>
    Filtered,
    /// <summary>Rows left out as repeats.</summary>
    Deduplicated,
    /// <summary>Rows taken into an aggregate.</summary>
    Absorbed,
}

/// <summary>
/// Where a worker puts its results. The runtime counts rows in and rows out itself; a stage only reports the other terms:
/// <c>in + created = out + filtered + quarantined + deduplicated + absorbed</c> must hold for every batch (emitted rows of a merge count as created).
/// </summary>
public abstract class StageOutput
{
    /// <summary>
    /// Which block of source records the rows come from, in the order of reading, while several cores take blocks in; 0 where batches come in source order
    /// anyway. All rows of a block come to one worker, in order.
    /// </summary>
    public virtual long BlockNumber => 0;

    /// <summary>Passes a batch on and gives up its ownership. Empty batches are allowed and dropped.</summary>
    public abstract void Emit(RecordBatch batch, int output = 0);

    /// <summary>Sets rows aside as bad. Copies what it needs; the batch stays the caller's.</summary>
    /// <param name="batch">The batch as it came in, so that origin and values can be kept.</param>
    /// <param name="rows">Row numbers in the batch.</param>
    /// <param name="reason">One of <see cref="QuarantineReasons"/>.</param>
    /// <param name="rule">The rule, column or expression that failed.</param>
    /// <param name="detail">What was wrong with one row; null when reason and rule say it all.</param>
    public abstract void Quarantine(RecordBatch batch, ReadOnlySpan<int> rows, string reason, string? rule = null, Func<int, string?>? detail = null);

    /// <summary>Reports rows for a term of the equation.</summary>
    public abstract void Count(LedgerTerm term, long rows);

    /// <summary>Reports rows that broke a rule which only warns: they go on, and no term of the equation knows them.</summary>
    public virtual void Warn(string rule, long rows)
    {
    }
}

/// <summary>The reasons under which records go to quarantine. Persisted: never change one.</summary>
public static class QuarantineReasons
{
    /// <summary>Bytes that are not text in the declared encoding, or not the declared format.</summary>
    public const string Undecodable = "undecodable";
    /// <summary>A record with too many or too few fields.</summary>
    public const string FieldCount = "field_count";
    /// <summary>A value that does not fit the type its column has in the table.</summary>
    public const string Misfit = "misfit";
    /// <summary>A value that a cast could not convert.</summary>
    public const string CastFailed = "cast_failed";
    /// <summary>A row that a validate rule refused.</summary>
    public const string RuleFailed = "rule_failed";
    /// <summary>An expression that could not be computed for this row (overflow, bad regular expression input).</summary>
    public const string ExpressionFailed = "expression_failed";
    /// <summary>A record over the size limit.</summary>
    public const string TooLarge = "too_large";
    /// <summary>A JSON value nested too deep.</summary>
    public const string TooDeep = "too_deep";

    /// <summary>A record that shows a change of structure which the policy sets aside.</summary>
    public const string StructuralDrift = "structural_drift";

    /// <summary>A row that came after every window of its event time had closed.</summary>
    public const string Late = "late";

    /// <summary>A record of which the beginning was taken in as a record, because its file ended there when it was read.</summary>
    public const string CutOff = "cut_off";

    /// <summary>A record that ended every process that read it.</summary>
    public const string Poisoned = "poisoned";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Undecodable, FieldCount, Misfit, CastFailed, RuleFailed, ExpressionFailed, TooLarge, TooDeep, StructuralDrift, Late, CutOff, Poisoned];
}
