using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Keys;
using DataMesh.DataPlane.Stages.Deduplication;
using DataMesh.DataPlane.Stages.Keys;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Leaves one row per key.</summary>
[Component("deduplicate", ComponentKind.Stage, "Leaves one row per key: the first, or the last.",
    Details = "Rows are compared by the key columns, all columns without `keys`; nulls are equal to each other. `keep: first` passes rows at once, and keeps "
        + "the keys from run to run, in files that are committed with the rows: a row whose key an earlier run has passed is a repeat. `keep: last` holds rows back until the "
        + "end of the run's input and passes them in the order of the last ones; its memory holds rows, not only keys, and the next run begins anew. Without `keys`, "
        + "columns may be added later: rows in which they are null are what they were. A key is remembered as 128 bits of hash (21 to 43 bytes each): "
        + "among a billion different keys, the chance that any two are taken for one is about 10^-21.")]
[Example("The first of every key", "deduplicate: [id]",
    """
    {"id": 1, "v": "a"}
    {"id": 2, "v": "b"}
    {"id": 1, "v": "c"}
    """,
    """
    {"id": 1, "v": "a"}
    {"id": 2, "v": "b"}
    """)]
[Example("The last of every key", "deduplicate: { keys: [id], keep: last }",
    """
    {"id": 1, "v": "a"}
    {"id": 2, "v": "b"}
    {"id": 1, "v": "c"}
    """,
    """
    {"id": 2, "v": "b"}
    {"id": 1, "v": "c"}
    """)]
public sealed class DeduplicateStage : Stage
{
    /// <summary>The key columns.</summary>
    [Option("Columns that make a row a repeat when they are equal; all columns without it.", Shorthand = true)]
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>Which row stays.</summary>
    [Option("`first` (default) or `last` in source order.")]
    public KeepRow Keep { get; set; }

    /// <summary>Memory for keys.</summary>
    [Option("Memory for the keys met (for `keep: last` also the rows held back); 1GB without it.")]
    public ByteCount? Memory { get; set; }

    /// <summary>What happens when it is full.</summary>
    [Option("When the memory is full: `fail` (default), or `forget_oldest`, which lets repeats pass that come late; only with `keep: first`.")]
    public WhenFull OnFull { get; set; }

    /// <inheritdoc/>
    public override StageOrder Order => StageOrder.Sequential;

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [input];

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        if (Keep == KeepRow.Last && OnFull == WhenFull.ForgetOldest)
            throw new DataMeshException("'keep: last' can not forget the oldest keys: it would not know which row was the last.", hint: "leave on_full out, or keep: first");
        int[] keys = Keys.Count == 0 ? [.. Enumerable.Range(0, input.Count)] : [.. ColumnPattern.RequireAll(this, nameof(Keys), Keys, input)];
        return new Bound(this, input, keys);
    }

    private sealed class Bound(DeduplicateStage stage, Schema schema, int[] keys) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas => [schema];

        public override Keeping? Keeps => stage.Keep == KeepRow.First ? Keeping.State : Keeping.WholeInput;

        public override string StateDefinition => stage.Keys.Count == 0 ? "the first row of every different one"
            : $"the first row per {string.Join(", ", keys.Select(key => schema[key].Name))}";

        public override StageWorker CreateWorker(int input = 0)
        {
            var bytesMax = stage.Memory?.Bytes ?? Limits.KeyedStateBytesMax;
            var hashes = NewHashes();
            return stage.Keep == KeepRow.First
                ? new KeepFirstWorker(schema, keys, hashes, new KeyGenerations(bytesMax, stage.OnFull))
                : new KeepLastWorker(keys, bytesMax, hashes);
        }

        /// <summary>What is forgotten depends on how many keys there are in all: it needs all of them in one place.</summary>
        public override RowDivider? CreateDivider() => stage.OnFull == WhenFull.ForgetOldest ? null : new HashDivider(keys, NewHashes());

        private RowHashes NewHashes() => stage.Keys.Count == 0 ? RowHashes.ByName(schema.Names) : new RowHashes(keys.Length);

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
            requiredOutputs is null || stage.Keys.Count == 0 ? null
            : requiredOutputs.Concat(keys.Select(key => schema[key].Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }
}
