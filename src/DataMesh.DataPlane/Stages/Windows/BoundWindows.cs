using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages.Keys;

namespace DataMesh.DataPlane.Stages.Windows;

/// <summary>A windowed aggregate bound to its input.</summary>
internal sealed class BoundWindows(WindowPlan plan, Func<StateBudget> budget) : BoundStage
{
    public override IReadOnlyList<Schema> OutputSchemas { get; } = [plan.Output];

    public override Keeping? Keeps => Keeping.State;

    public override string StateDefinition => plan.Definition;

    public override StageWorker CreateWorker(int input = 0) => new WindowWorker(plan, budget());

    public override IReadOnlySet<string> RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
        plan.Aggregate.Operands.Append(plan.On).SelectMany(each => each.Columns).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
