using DataMesh.Core.Keys;
using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Graph;

namespace DataMesh.Runtime.Commit;

/// <summary>Whose keys a task keeps state of.</summary>
/// <param name="Task">Number of the task.</param>
/// <param name="Plan">What crosses between the tasks; null for one task, and where tasks need nothing of one another.</param>
internal sealed record TaskKeys(int Task, ExchangePlan? Plan)
{
    /// <summary>One task, all keys.</summary>
    public static TaskKeys All { get; } = new(0, null);

    /// <summary>Whether the task keeps something of a stage.</summary>
    public bool Has(BoundNode node) => Plan?.RunsIn(node.Node, Task) ?? true;

    /// <summary>Whether the task writes rows of a sink.</summary>
    public bool Has(BoundSink sink) => Plan?.RunsIn(sink.Node, Task) ?? true;

    /// <summary>The keys of a stage that the task has.</summary>
    public KeyShare ShareOf(BoundNode node) => Plan?.ShareOf(node, Task) ?? KeyShare.All;
}
