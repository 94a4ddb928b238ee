using System.Collections.Concurrent;
using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;
using StackExchange.Redis;

namespace DataMesh.Hosting.Redis;

/// <summary>Where a group lives: here, or at another silo.</summary>
internal sealed record Route(string Silo, Uri Address, Holding? Local);

/// <summary>Knows where groups live, and holds those that live here.</summary>
internal sealed class GrainDirectory(RedisLink link, Membership membership, Func<string, long, Holding> hold)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Route>>> _routes = new();
    private CancellationTokenSource _acting = new();

    /// <summary>The groups that are held here.</summary>
    public IEnumerable<Holding> Holdings => _routes.Values.Where(route => route is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        .Select(route => route.Value.Result.Local).OfType<Holding>();

    /// <summary>The group as it is held here, or null.</summary>
    public Holding? Find(string group) => _routes.TryGetValue(group, out var route) && route is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } ? route.Value.Result.Local : null;

    /// <summary>Finds a group, or places it.</summary>
    public async Task<Route> ResolveAsync(string group, bool near)
    {
        var entry = _routes.GetOrAdd(group, static (key, with) => new Lazy<Task<Route>>(() => with.Self.LookUpAsync(key, with.near)), (Self: this, near));
        try
        {
            return await entry.Value;
        }
        catch
        {
            _routes.TryRemove(KeyValuePair.Create(group, entry));
            throw;
        }
    }

    /// <summary>Forgets where a group was found, unless it has been looked up again since.</summary>
    public void Forget(string group, Route route)
    {
        if (_routes.TryGetValue(group, out var entry) && entry is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } && ReferenceEquals(entry.Value.Result, route))
            _routes.TryRemove(KeyValuePair.Create(group, entry));
    }

    /// <summary>Forgets all groups of other silos, or of one.</summary>
    public void ForgetRemote(string? silo = null)
    {
        foreach (var entry in _routes)
            if (entry.Value is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } && entry.Value.Value.Result is { Local: null } route && (silo is null || route.Silo == silo))
                _routes.TryRemove(entry);
    }

    /// <summary>Looks a group up again that was found at another silo.</summary>
    public void Reconsider(string group)
    {
        if (_routes.TryGetValue(group, out var entry) && entry is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } && entry.Value.Result.Local is null)
            _routes.TryRemove(KeyValuePair.Create(group, entry));
    }

    /// <summary>Ends a holding: its activations first, so that the lease is free to be given away.</summary>
    public async Task EndAsync(Holding holding)
    {
        await holding.EndAsync();
        foreach (var entry in _routes.Where(entry => entry.Key == holding.Group && entry.Value is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } && entry.Value.Value.Result.Local == holding).ToList())
            _routes.TryRemove(entry);
    }

    /// <summary>Ends everything that acts by this silo's leases.</summary>
    public async Task EndAllAsync()
    {
        var acting = Interlocked.Exchange(ref _acting, new CancellationTokenSource());
        await acting.CancelAsync();
        while (!_routes.IsEmpty)
        {
            foreach (var entry in _routes.ToArray())
            {
                try
                {
                    if ((await entry.Value.Value).Local is { } holding) await holding.EndAsync();
                }
                catch (Exception error) when (error is OperationCanceledException or GrainCallException || RedisLink.IsTrouble(error))
                {
                }

                _routes.TryRemove(entry);
            }
        }

        acting.Dispose();
    }

    private async Task<Route> LookUpAsync(string group, bool near)
    {
        var acting = _acting.Token;
        if (!membership.IsValid) throw new GrainCallException(CallFailure.Unreachable, "This silo is not a member of the cluster at the moment.");
        var silo = membership.Id;
        var found = RedisLink.List(await link.PersistAsync(LeaseScripts.Acquire, acting, group, silo, NearnessOf(group, near)));
        var holder = RedisLink.Text(found[0])!;
        if (holder != silo) return new Route(holder, new Uri(RedisLink.Text(found[1])!), null);
        var kept = RedisLink.List(await link.PersistAsync(LeaseScripts.Kept, acting, group));
        acting.ThrowIfCancellationRequested();
        var holding = hold(group, RedisLink.Number(found[2]));
        WakeUp(holding, kept);
        return new Route(silo, new Uri(RedisLink.Text(found[1])!), holding);
    }

    /// <summary>A pipeline that comes to its last barrier here commits here: its dataset need not wait for a silo that knows nothing of the run.</summary>
    private static string NearnessOf(string group, bool near) => !near ? "0" : GrainGroup.IsNear(group) ? "2" : "1";

    /// <summary>What must be running was running elsewhere before: it hears so before anything else.</summary>
    private static void WakeUp(Holding holding, RedisResult[] kept)
    {
        foreach (var grain in kept)
            if (GrainId.TryParse(RedisLink.Text(grain)!, out var id)) holding.Post(id, new Activated(), new TaskCompletionSource(), bounded: false);
    }
}
