using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>What becomes of a row whose array is empty or null.</summary>
public enum EmptyArray
{
    /// <summary>The row stays, with null in place of an element.</summary>
    Keep,
    /// <summary>The row is left out and counted as filtered.</summary>
    Drop,
}

/// <summary>Makes one row per element of an array.</summary>
[Component("explode", ComponentKind.Stage, "Makes one row per element of a JSON array; the other columns are repeated.",
    Details = "With `fields`, elements are objects and each field gets a column `<column>.<field>`; without, the column holds the element itself in the declared `type`. "
        + "When one element does not fit, the whole row is set aside and none of its elements goes on.")]
[Example("Objects into typed columns", "explode: { column: items, fields: { sku: string, qty: int64 } }", """
    {"id": 1, "items": [{"sku": "a", "qty": 2}, {"sku": "b"}]}
    {"id": 2, "items": []}
    """, """
    {"id": 1, "items.sku": "a", "items.qty": 2}
    {"id": 1, "items.sku": "b", "items.qty": null}
    {"id": 2, "items.sku": null, "items.qty": null}
    """)]
[Example("Numbers with their position; rows without any are left out", "explode: { column: scores, type: int64, as: score, position: n, empty: drop }", """
    {"id": 1, "scores": [7, 9]}
    {"id": 2, "scores": null}
    {"id": 3, "scores": [1, "x"]}
    """, """
    {"id": 1, "score": 7, "n": 0}
    {"id": 1, "score": 9, "n": 1}
    """, Quarantined = ["cast_failed"])]
public sealed class ExplodeStage : Stage
{
    /// <summary>The column.</summary>
    [Option("The column that holds JSON arrays.", Required = true, Shorthand = true)]
    public string Column { get; set; } = "";

    /// <summary>Path to type.</summary>
    [Option("For elements that are objects: the fields to take by their path, with their types.")]
    public OrderedMap<DataType> Fields { get; set; } = [];

    /// <summary>The type of elements.</summary>
    [Option("The type of elements when no fields are given; json by default.")]
    public DataType Type { get; set; } = DataType.Json;

    /// <summary>The new name.</summary>
    [Option("The name of the column of elements, or what the names of the fields' columns begin with; the column's own by default.")]
    public string? As { get; set; }

    /// <summary>A column for the position.</summary>
    [Option("Name of a column for the element's position in its array, from 0; none by default.")]
    public string? Position { get; set; }

    /// <summary>What becomes of rows without elements.</summary>
    [Option("What becomes of a row whose array is empty or null: keep (default; one row with nulls) or drop.")]
    public EmptyArray Empty { get; set; }

    /// <inheritdoc/>
    public override bool KeepsRecords => false;

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var at = JsonInput.Find(Column, input, context, OptionPlaces.Of(this, nameof(Column)));
        if (at < 0) throw new DataMeshException($"There is no column '{Column}' here.");
        var name = As ?? input[at].Name;
        var added = Fields.Count > 0 ? Fields.Select(field => new Field($"{name}.{field.Key}", field.Value)).ToList() : [new Field(name, Type)];
        if (Position is not null) added.Add(new Field(Position, DataType.Int64));
        var output = new Schema([.. input.Take(at), .. added, .. input.Skip(at + 1)]);
        return new Bound(input, output, at, this);
    }

    private sealed class Bound(Schema input, Schema output, int at, ExplodeStage options) : BoundStage
    {
        private readonly JsonFields? _fields = options.Fields.Count > 0 ? new JsonFields(options.Fields) : null;

        public override IReadOnlyList<Schema> OutputSchemas { get; } = [output];

        public override StageWorker CreateWorker(int input = 0) =>
            new Worker(output, at, options.Position is not null, new JsonElements(_fields, options.Type, options.Empty == EmptyArray.Keep));

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
            RequiredColumns.With(requiredOutputs, input, [input[at].Name]);
    }

    private sealed class Worker(Schema schema, int at, bool hasPosition, JsonElements elements) : StageWorker
    {
        /// <summary>Goes through the batch in pieces, so that long arrays do not make batches over the limits.</summary>
        public override void Process(RecordBatch batch, StageOutput output)
        {
            using (batch)
            {
                using var json = CanonicalText.Raw(batch[at]);
                for (var row = 0; row < json.Length;)
                {
                    var first = row;
                    elements.Begin();
                    while (row < json.Length && elements.Rows.Count < Limits.BatchRowsMax && elements.ByteSize < Limits.BatchBytesMax)
                        elements.AddRow(row, json[row++]);
                    EmitPiece(batch, row - first, output);
                }
            }
        }

        /// <summary>Emits the elements collected from some rows of the batch and accounts for those rows.</summary>
        private void EmitPiece(RecordBatch batch, int rows, StageOutput output)
        {
            var columns = elements.Build(batch.Length, out var failed);
            var bad = failed?.ToIndices() ?? [];
            if (bad.Length > 0)
                output.Quarantine(batch, bad, QuarantineReasons.CastFailed, batch.Schema[at].Name, _ => "The value is not an array of the declared elements.");
            if (elements.Dropped > 0) output.Count(LedgerTerm.Filtered, elements.Dropped);
            using (failed)
            {
                var result = Repeat(batch, columns, failed);
                var created = result.Length + bad.Length + elements.Dropped - rows;
                if (created > 0) output.Count(LedgerTerm.Created, created);
                output.Emit(result);
            }
        }

        /// <summary>The elements of rows that did not fail, each beside the other columns of its row. Takes ownership of the element columns.</summary>
        private RecordBatch Repeat(RecordBatch batch, Column[] columns, Bitmap? failed)
        {
            int[] good = [.. Enumerable.Range(0, elements.Rows.Count).Where(i => failed is null || !failed[elements.Rows[i]])];
            int[] rows = [.. good.Select(i => elements.Rows[i])];
            var result = new List<Column>(schema.Count);
            for (var i = 0; i < at; i++) result.Add(batch[i].Take(rows));
            foreach (var column in columns)
            {
                using (column) result.Add(good.Length == column.Length ? column.Share() : column.Take(good));
            }

            if (hasPosition) result.Add(PositionsOf(good));
            for (var i = at + 1; i < batch.Schema.Count; i++) result.Add(batch[i].Take(rows));
            return new RecordBatch(schema, [.. result], rows.Length, batch.Origin?.Take(rows));
        }

        private Column PositionsOf(int[] good)
        {
            var positions = new ColumnBuilder(DataType.Int64);
            foreach (var i in good)
            {
                if (elements.Positions[i] < 0) positions.AppendNull();
                else positions.Append(elements.Positions[i]);
            }

            return positions.Build();
        }
    }
}
