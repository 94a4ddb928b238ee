using DataMesh.Hosting.Simulation.Agreement;

namespace DataMesh.Hosting.Simulation.Trials;

/// <summary>Watches what is agreed on: state of a grain goes forward, and never from a later owner's hands into a former one's.</summary>
internal sealed class StateWatch : IDisposable
{
    private readonly AgreementServer _server;
    private readonly List<string> _violations;

    public StateWatch(AgreementServer server, List<string> violations)
    {
        (_server, _violations) = (server, violations);
        server.Changed += OnChange;
    }

    public void Dispose() => _server.Changed -= OnChange;

    private void OnChange(Agreed before, Agreed after)
    {
        if (ReferenceEquals(before.States, after.States)) return;
        foreach (var (grain, kept) in after.States)
        {
            if (!before.States.TryGetValue(grain, out var then) || ReferenceEquals(then, kept)) continue;
            if (kept.State.Fence < then.State.Fence)
                _violations.Add($"single owner: the state of {grain} was written with token {kept.State.Fence} after {then.State.Fence} had been there");
            if (after.Leases.GetValueOrDefault(kept.Group) is { } lease && lease.Fence > kept.State.Fence)
                _violations.Add($"single owner: the state of {grain} was written with token {kept.State.Fence} while its lease had {lease.Fence}");
        }
    }
}
