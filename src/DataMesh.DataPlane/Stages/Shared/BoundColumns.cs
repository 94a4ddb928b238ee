using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>A stage that changes columns one by one; the columns without a change go through as they are.</summary>
internal sealed class BoundColumns(Schema input, ColumnChange?[] changes) : BoundStage
{
    private readonly Schema _output = new(input.Select((field, i) => changes[i] is { } change ? new Field(field.Name, change.Type) : field));

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputSchemas => [_output];

    /// <inheritdoc/>
    public override bool NeedsOrigin => changes.Any(change => change is { OnError: not OnError.Null });

    /// <inheritdoc/>
    public override StageWorker CreateWorker(int input = 0) => new Worker(_output, changes);

    /// <summary>A column whose change can set rows aside is read even when nobody needs its values.</summary>
    public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
        RequiredColumns.With(requiredOutputs, input, input.Names.Where((_, i) => changes[i] is { OnError: not OnError.Null }));

    private sealed class Worker(Schema schema, ColumnChange?[] changes) : StageWorker
    {
        private readonly ColumnChanger?[] _changers = [.. changes.Select(change => change?.CreateChanger())];

        public override void Process(RecordBatch batch, StageOutput output)
        {
            using var failedRows = new FailedRows(batch, output);
            var columns = new Column[schema.Count];
            for (var i = 0; i < columns.Length; i++)
                columns[i] = _changers[i] is { } changer ? Change(batch, i, changer, failedRows) : batch[i].Share();
            var result = new RecordBatch(schema, columns, batch.Length, batch.Origin?.Share());
            batch.Dispose();
            failedRows.EmitRest(result);
        }

        private Column Change(RecordBatch batch, int index, ColumnChanger changer, FailedRows failedRows)
        {
            var column = batch[index];
            var changed = changer.Apply(column, out var failed);
            var name = schema[index].Name;
            if (failed is null) return changed;
            switch (changes[index]!.OnError)
            {
                case OnError.Quarantine:
                    failedRows.Add(failed, QuarantineReasons.CastFailed, name, row => Detail(column, row, changed.Type, name));
                    break;
                case OnError.Fail when failed.ToIndices() is [var first, ..]:
                    throw new DataMeshException($"The column '{name}' holds {Misfit(column, first, changed.Type)}", hint: NumberSpelling.Hint(name, ValueText.Format(column, first), changed.Type) ?? "`on_error: quarantine` sets such rows aside");
                default:
                    failed.Dispose();
                    break;
            }

            return changed;
        }

        private static string Detail(Column column, int row, DataType type, string name)
        {
            var misfit = Misfit(column, row, type);
            return NumberSpelling.Hint(name, ValueText.Format(column, row), type) is { } hint ? $"{misfit} Hint: {hint}." : misfit;
        }

        private static string Misfit(Column column, int row, DataType type) => $"'{Shorten(ValueText.Format(column, row))}', which is not a value of type {type}.";

        private static string? Shorten(string? text) => text is { Length: > 200 } ? string.Concat(text.AsSpan(0, 200), "…") : text;
    }
}
