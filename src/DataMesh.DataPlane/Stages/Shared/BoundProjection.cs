using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>A stage that only picks, orders and names columns: no value is touched, no row can fail.</summary>
internal sealed class BoundProjection(Schema input, Schema output, int[] indices) : BoundStage
{
    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputSchemas { get; } = [output];

    /// <inheritdoc/>
    public override bool NeedsOrigin => false;

    /// <inheritdoc/>
    public override StageWorker CreateWorker(int input = 0) => new Worker(output, indices);

    /// <inheritdoc/>
    public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs)
    {
        var required = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < indices.Length; i++)
            if (requiredOutputs is null || requiredOutputs.Contains(output[i].Name)) required.Add(input[indices[i]].Name);
        return required;
    }

    private sealed class Worker(Schema schema, int[] indices) : StageWorker
    {
        public override void Process(RecordBatch batch, StageOutput output)
        {
            var projected = batch.Project(schema, indices);
            batch.Dispose();
            output.Emit(projected);
        }
    }
}
