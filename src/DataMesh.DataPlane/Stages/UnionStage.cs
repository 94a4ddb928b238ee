using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Puts the rows of several inputs into one flow.</summary>
[Component("union", ComponentKind.Stage, "Puts the rows of several inputs into one flow, column by name.",
    Details = "Inputs are named with `from: [a, b]`. A column that an input does not have is null in its rows. Where types differ, the wider one is taken as long as no "
        + "value changes its meaning (int64 and float64, date and timestamp); anything else is an error that `cast` resolves. An integer that a float64 can not hold "
        + "exactly sets its row aside.")]
[Example("One input goes through as it is", "union: {}", """{"a": 1}""", """{"a": 1}""")]
public sealed class UnionStage : Stage
{
    /// <inheritdoc/>
    public override bool KeepsRecords => false;

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context) => Bind([input], context);

    /// <inheritdoc/>
    public override BoundStage Bind(IReadOnlyList<Schema> inputs, ComponentContext context)
    {
        var fields = new List<Field>();
        var index = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in inputs.SelectMany(input => input))
        {
            if (index.TryAdd(field.Name, fields.Count)) fields.Add(new Field(field.Name, field.Type));
            else fields[index[field.Name]] = fields[index[field.Name]] with { Type = Join(fields[index[field.Name]], field) };
        }

        return new Bound(inputs, new Schema(fields));
    }

    private static DataType Join(Field first, Field second)
    {
        var joined = TypeLattice.Join(first.Type, second.Type);
        if (first.Type == second.Type || first.Type.Kind == TypeKind.Null || second.Type.Kind == TypeKind.Null
            || joined.Kind is TypeKind.Float64 or TypeKind.Timestamp) return joined;
        throw new DataMeshException(
            $"The inputs disagree about the column '{first.Name}': {first.Type} and {second.Type}.", hint: $"cast it in one of them: cast: {{ {first.Name}: {joined} }}");
    }

    private sealed class Bound(IReadOnlyList<Schema> inputs, Schema output) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [output];

        public override bool NeedsOrigin => inputs.Any(input => input.Any(each => each.Type.Kind == TypeKind.Int64 && output[output.IndexOf(each.Name)].Type.Kind == TypeKind.Float64));

        public override StageWorker CreateWorker(int input = 0) => new Worker(inputs[input], output);

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) => requiredOutputs;
    }

    private sealed class Worker(Schema input, Schema schema) : StageWorker
    {
        private readonly int[] _sources = [.. schema.Select(field => input.IndexOf(field.Name))];

        public override void Process(RecordBatch batch, StageOutput output)
        {
            using (batch)
            {
                using var failedRows = new FailedRows(batch, output);
                var columns = new Column[schema.Count];
                for (var i = 0; i < columns.Length; i++)
                {
                    columns[i] = Fit(_sources[i] < 0 ? null : batch[_sources[i]], schema[i].Type, batch.Length, out var failed);
                    failedRows.Add(failed, QuarantineReasons.CastFailed, schema[i].Name, _ => $"The value is not exact as {schema[i].Type}.");
                }

                failedRows.EmitRest(new RecordBatch(schema, columns, batch.Length, batch.Origin?.Share()));
            }
        }

        private static Column Fit(Column? column, DataType type, int rows, out Bitmap? failed)
        {
            failed = null;
            if (column is null or NullColumn) return Column.Nulls(type, rows);
            return column.Type == type ? column.Share() : Casts.Cast(column, type, null, out failed);
        }
    }
}
