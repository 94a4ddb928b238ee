using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Stages.Lookups;

/// <summary>A lookup bound to its input.</summary>
/// <param name="input">The input's schema.</param>
/// <param name="keys">The key columns in the input.</param>
/// <param name="table">Reference rows by key.</param>
/// <param name="fields">The fields that are taken, as they are named in the output.</param>
/// <param name="taken">Their values in the reference rows.</param>
/// <param name="missing">What happens to rows without a match.</param>
internal sealed class BoundLookup(Schema input, int[] keys, ReferenceTable table, IReadOnlyList<Field> fields, IReadOnlyList<Column> taken, MissingMatch missing) : BoundStage
{
    public int[] Keys => keys;

    public ReferenceTable Table => table;

    public IReadOnlyList<Column> Taken => taken;

    public MissingMatch Missing => missing;

    public Schema Output { get; } = new([.. input, .. fields]);

    public override IReadOnlyList<Schema> OutputSchemas => [Output];

    public override StageWorker CreateWorker(int input = 0) => new LookupWorker(this);

    public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) => requiredOutputs is null
        ? null
        : requiredOutputs.Where(name => input.IndexOf(name) >= 0).Concat(keys.Select(key => input[key].Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
