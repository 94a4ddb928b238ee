using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Lookups;

namespace DataMesh.DataPlane.Stages;

/// <summary>Joins with reference data.</summary>
[Component("lookup", ComponentKind.Stage, "Joins every row with the reference row of the same key, read from another source.",
    Details = "The reference data are read whole before the first row; a record in them that can not be read is an error. Key columns must have the same type on both sides. "
        + "A null key matches nothing. With `many: all`, a row comes out for every reference row of its key, in the order of the reference data. Rows without a match pass with nulls, "
        + "are dropped, or go to quarantine with the rule `lookup`.")]
[Example("Names for codes, where states.csv has the columns code and name and the rows WA, Washington and OR, Oregon",
    "lookup: { from: { type: file, path: states.csv }, on: { state: code }, take: { name: state_name }, missing: quarantine }",
    """
    {"id": 1, "state": "OR"}
    {"id": 2, "state": "XX"}
    """,
    """{"id": 1, "state": "OR", "state_name": "Oregon"}""", Quarantined = ["rule_failed"])]
public sealed class LookupStage : Stage
{
    private RecordBatch? _reference;

    /// <summary>The reference data.</summary>
    [Option("The source of the reference data: a path, or a mapping with `type`.", Required = true)]
    public Source? From { get; set; }

    /// <summary>Which columns are equal.</summary>
    [Option("Column here to column of the reference data; several must all be equal.", Required = true)]
    public OrderedMap<string> On { get; set; } = [];

    /// <summary>Which columns are taken.</summary>
    [Option("Column of the reference data to its name here; without it, all columns but the keys under their own names.")]
    public OrderedMap<string> Take { get; set; } = [];

    /// <summary>A prefix for names.</summary>
    [Option("Put before the names of the columns taken.")]
    public string Prefix { get; set; } = "";

    /// <summary>Rows without a match.</summary>
    [Option("Rows without a match: `keep` (default, with nulls), `drop` or `quarantine`.")]
    public MissingMatch Missing { get; set; }

    /// <summary>Keys that occur more than once.</summary>
    [Option("Keys that the reference data hold more than once: `first` (default) takes the first, `all` gives a row for each, `fail` refuses them.")]
    public ManyMatches Many { get; set; }

    /// <summary>Memory for the reference data.</summary>
    [Option("Memory that the reference data may take; 1GB without it.")]
    public ByteCount? Memory { get; set; }

    /// <inheritdoc/>
    public override async ValueTask PrepareAsync(ComponentContext context, CancellationToken cancellation)
    {
        using var rows = await SourceReading.ReadAllAsync(From!, context, Memory?.Bytes ?? Limits.KeyedStateBytesMax, cancellation);
        var columns = rows.Schema.Select((field, i) => ColumnJoining.Join(field.Type, [.. rows.Batches.Select(batch => batch[i])])).ToArray();
        _reference = new RecordBatch(rows.Schema, columns, rows.Batches.Sum(batch => batch.Length));
    }

    /// <inheritdoc/>
    public override bool KeepsRecords => false;

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var reference = _reference ?? throw new InvalidOperationException("A lookup is prepared before it is bound.");
        if (On.Count == 0) throw new DataMeshException("'lookup' has no key.", hint: "write on: { column here: column of the reference data }");
        var (keys, theirs) = (new int[On.Count], new int[On.Count]);
        DataMeshException.CheckEach(Enumerable.Range(0, On.Count), i => (keys[i], theirs[i]) = BindKey(On[i], input, reference.Schema));
        var (fields, columns) = BindTaken(input, reference, theirs);
        return new BoundLookup(input, keys, new ReferenceTable(reference, theirs, Many), fields, columns, Missing);
    }

    private static (int Here, int There) BindKey(OrderedMapEntry<string> key, Schema input, Schema reference)
    {
        var (here, there) = (input.Require(key.Key, key.Location), reference.Require(key.Value, key.Location));
        var (left, right) = (input[here].Type, reference[there].Type);
        if (left == right || left.Kind == TypeKind.Null || right.Kind == TypeKind.Null) return (here, there);
        throw new DataMeshException($"'{key.Key}' is {left}, but '{key.Value}' of the reference data is {right}.", key.Location,
            hint: $"cast '{key.Key}' to {right} before the lookup, or declare types: {{ {key.Value}: {left} }} in the reference source");
    }

    private (IReadOnlyList<Field> Fields, IReadOnlyList<Column> Columns) BindTaken(Schema input, RecordBatch reference, int[] keys)
    {
        var (fields, columns) = (new List<Field>(), new List<Column>());
        IEnumerable<OrderedMapEntry<string>> take = Take.Count > 0 ? Take
            : Enumerable.Range(0, reference.Schema.Count).Except(keys).Select(i => new OrderedMapEntry<string>(reference.Schema[i].Name, reference.Schema[i].Name, null));
        foreach (var entry in take)
        {
            var at = reference.Schema.Require(entry.Key, entry.Location);
            var name = Prefix + entry.Value;
            if (input.IndexOf(name) >= 0)
                throw new DataMeshException($"The column '{name}' of the reference data is already there.", entry.Location, hint: "name it otherwise with take:, or set prefix:");
            fields.Add(new Field(name, reference.Schema[at].Type));
            columns.Add(reference[at]);
        }

        return (fields, columns);
    }
}
