namespace DataMesh.Hosting.Simulation.World;

/// <summary>What may happen next: a task, an action, or the rest of a step that stands in the middle.</summary>
internal readonly struct SimulatedStep
{
    public SimulatedStep(Task task) => Task = task;

    public SimulatedStep(Action action) => Action = action;

    public SimulatedStep(StepThread parked) => Parked = parked;

    public Task? Task { get; }

    public Action? Action { get; }

    public StepThread? Parked { get; }
}
