namespace DataMesh.Hosting.Simulation.World;

/// <summary>Queues the tasks of one process until the world draws them.</summary>
internal sealed class SimulatedScheduler(SimulatedProcess process) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    public void Perform(Task task) => TryExecuteTask(task);

    protected override void QueueTask(Task task) => process.Add(new SimulatedStep(task));

    /// <summary>Never at once, so that what follows is drawn like everything else; only who waits for a task with its thread gets it run there.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        taskWasPreviouslyQueued && SimulatedProcess.Current == process && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
