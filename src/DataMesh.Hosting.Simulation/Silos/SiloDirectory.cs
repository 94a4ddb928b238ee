using DataMesh.ControlPlane.Grains;
using DataMesh.Hosting.Simulation.Agreement;
using DataMesh.Hosting.Simulation.World;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Simulation.Silos;

/// <summary>Where a group lives: here, or at another silo.</summary>
internal sealed record SiloRoute(string Silo, SiloHolding? Local);

/// <summary>Knows where groups live, and holds those that live here.</summary>
internal sealed class SiloDirectory(SimulatedProcess process, ServerLink link, SiloSession session, Func<string, long, SiloHolding> hold)
{
    private readonly SortedDictionary<string, Task<SiloRoute>> _routes = new(StringComparer.Ordinal);
    private CancellationTokenSource _acting = new();

    public IReadOnlyList<SiloHolding> Holdings => [.. _routes.Values.Where(route => route.IsCompletedSuccessfully).Select(route => route.Result.Local).OfType<SiloHolding>()];

    public SiloHolding? Find(string group) => _routes.TryGetValue(group, out var route) && route.IsCompletedSuccessfully ? route.Result.Local : null;

    public async Task<SiloRoute> ResolveAsync(string group, bool near)
    {
        if (!_routes.TryGetValue(group, out var entry)) _routes[group] = entry = process.RunAsync(() => LookUpAsync(group, near));
        try
        {
            return await entry;
        }
        catch
        {
            if (_routes.TryGetValue(group, out var now) && now == entry) _routes.Remove(group);
            throw;
        }
    }

    /// <summary>Forgets where a group was found, unless it has been looked up again since.</summary>
    public void Forget(string group, SiloRoute route)
    {
        if (_routes.TryGetValue(group, out var entry) && entry.IsCompletedSuccessfully && ReferenceEquals(entry.Result, route)) _routes.Remove(group);
    }

    /// <summary>Forgets all groups of other silos that meet a condition.</summary>
    public void ForgetRemote(Func<string, string, bool> which)
    {
        foreach (var (group, route) in _routes.Where(entry => entry.Value.IsCompletedSuccessfully && entry.Value.Result.Local is null).ToList())
            if (which(group, route.Result.Silo)) _routes.Remove(group);
    }

    /// <summary>Ends a holding: its activations first, so that the lease is free to be given away.</summary>
    public async Task EndAsync(SiloHolding holding)
    {
        await holding.EndAsync();
        if (_routes.TryGetValue(holding.Group, out var entry) && entry.IsCompletedSuccessfully && entry.Result.Local == holding) _routes.Remove(holding.Group);
    }

    /// <summary>Ends everything that acts by this silo's leases.</summary>
    public async Task EndAllAsync()
    {
        var acting = _acting;
        _acting = new CancellationTokenSource();
        await acting.CancelAsync();
        while (_routes.Count > 0)
        {
            foreach (var (group, entry) in _routes.ToList())
            {
                try
                {
                    if ((await entry).Local is { } holding) await holding.EndAsync();
                }
                catch (Exception error) when (error is OperationCanceledException or GrainCallException || ServerLink.IsTrouble(error))
                {
                }

                if (_routes.TryGetValue(group, out var now) && now == entry) _routes.Remove(group);
            }
        }
    }

    private async Task<SiloRoute> LookUpAsync(string group, bool near)
    {
        var acting = _acting.Token;
        if (!session.IsValid) throw new GrainCallException(CallFailure.Unreachable, "This silo is not a member of the cluster at the moment.");
        var silo = session.Id;
        var lease = await link.PersistAsync(server => Leases.Acquire(server, group, silo, near), acting);
        if (lease.Silo != silo) return new SiloRoute(lease.Silo, null);
        var kept = await link.PersistAsync<IReadOnlyList<string>>(server => [.. server.Now.KeptOf(group)], acting);
        acting.ThrowIfCancellationRequested();
        var holding = hold(group, lease.Fence);
        foreach (var grain in kept)
            if (GrainId.TryParse(grain, out var id)) holding.WakeUp(id);
        return new SiloRoute(silo, holding);
    }
}
