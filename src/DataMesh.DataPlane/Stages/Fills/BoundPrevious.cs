using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages.Keys;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages.Fills;

/// <summary>Fills with values of earlier rows, then lets another stage fill what is still null.</summary>
internal sealed class BoundPrevious(PreviousPlan plan, BoundStage then) : BoundStage
{
    public override IReadOnlyList<Schema> OutputSchemas => then.OutputSchemas;

    public override Keeping? Keeps => Keeping.State;

    public override string StateDefinition => plan.Definition;

    public override bool NeedsOrigin => then.NeedsOrigin;

    public override StageWorker CreateWorker(int input = 0) =>
        new PreviousWorker(plan, then.CreateWorker(), StateBudget.Of("fill", null, "take fewer or coarser keys for by"));

    /// <summary>What is kept must not depend on what later stages read.</summary>
    public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
        then.RequiredInputs(requiredOutputs) is { } needed ? RequiredColumns.With(needed, plan.Input, plan.Names) : null;
}
