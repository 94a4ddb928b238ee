namespace DataMesh.Hosting.Simulation.World;

/// <summary>The locks that simulated processes hold on files: one ends with its process, as that of a real one does.</summary>
internal sealed class SimulatedLocks
{
    private readonly Dictionary<string, SimulatedProcess> _holders = new(StringComparer.Ordinal);

    /// <summary>Takes a lock for the process whose step is being taken; null while another that lives, or is frozen, holds it.</summary>
    public IDisposable? TryTake(string path)
    {
        if (_holders.TryGetValue(path, out var holder) && !holder.IsDead) return null;
        var mine = SimulatedProcess.Current ?? throw new InvalidOperationException("No simulated process takes a step.");
        _holders[path] = mine;
        return new Held(this, path);
    }

    private sealed class Held(SimulatedLocks locks, string path) : IDisposable
    {
        public void Dispose() => locks._holders.Remove(path);
    }
}
