using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Stages;

/// <summary>
/// Makes rows fit a table that exists: a table's types do not change, so a column that now has another type is cast,
/// and a value that does not fit goes to quarantine as a misfit. Put before sinks by the runtime; not for pipeline files.
/// </summary>
public sealed class ConformStage(Schema table) : Stage
{
    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var output = new Schema(input.Select(each =>
            table.TryGet(each.Name, out var known) && known.Type != each.Type && each.Type.Kind != TypeKind.Null ? each with { Type = known.Type } : each));
        return new Bound(input, output);
    }

    private sealed class Bound(Schema input, Schema output) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [output];

        public override StageWorker CreateWorker(int input = 0) => new Worker(Different(), output);

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) => requiredOutputs;

        private int[] Different() => [.. Enumerable.Range(0, input.Count).Where(i => input[i].Type != output[i].Type)];
    }

    private sealed class Worker(int[] different, Schema schema) : StageWorker
    {
        public override void Process(RecordBatch batch, StageOutput output)
        {
            if (different.Length == 0)
            {
                output.Emit(batch);
                return;
            }

            using (batch)
            {
                var columns = batch.Columns.ToArray();
                Bitmap? bad = null;
                for (var i = 0; i < columns.Length; i++)
                {
                    if (!different.Contains(i))
                    {
                        columns[i].Share();
                        continue;
                    }

                    columns[i] = Casts.Cast(batch[i], schema[i].Type, null, out var failed);
                    if (failed is null) continue;
                    SetAside(batch, i, failed, bad, output);
                    if (bad is null) bad = failed;
                    else bad.Or(failed);
                }

                EmitGood(new RecordBatch(schema, columns, batch.Length, batch.Origin?.Share()), bad, output);
            }
        }

        /// <summary>Sets aside the rows that failed here first; a row fails once.</summary>
        private void SetAside(RecordBatch batch, int column, Bitmap failed, Bitmap? before, StageOutput output)
        {
            using var fresh = failed.Clone();
            if (before is not null) fresh.AndNot(before);
            var name = schema[column].Name;
            output.Quarantine(
                batch, fresh.ToIndices(), QuarantineReasons.Misfit, name,
                row => $"'{ValueText.Format(batch[column], row)}' is not {schema[column].Type.WithArticle()}, which '{name}' is in the table");
        }

        private static void EmitGood(RecordBatch cast, Bitmap? bad, StageOutput output)
        {
            if (bad is null)
            {
                output.Emit(cast);
                return;
            }

            using (bad)
            using (cast)
            {
                bad.Not();
                output.Emit(cast.Take(bad.ToIndices()));
            }
        }
    }
}
