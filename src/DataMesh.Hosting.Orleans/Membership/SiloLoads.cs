namespace DataMesh.Hosting.Orleans.Membership;

/// <summary>What the silos are doing, asked of them at most once in a while; what is placed meanwhile is counted here.</summary>
internal sealed class SiloLoads(OrleansHost host)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly Lock _gate = new();
    private Dictionary<SiloAddress, SiloFacts> _known = [];
    private readonly Dictionary<SiloAddress, int> _placed = [];
    private long _asked;
    private bool _isKnown;

    /// <summary>All silos that are active, with what they say of themselves.</summary>
    /// <param name="anew">Whether they are asked even when they were just now.</param>
    public async Task<IReadOnlyDictionary<SiloAddress, SiloFacts>> AskAsync(bool anew = false)
    {
        await _asking.WaitAsync();
        try
        {
            if (!anew && _isKnown && host.Clock.GetElapsedTime(_asked) < Fresh) return _known;
            var facts = await Task.WhenAll(host.ActiveSilos.Select(async silo => (Silo: silo, Facts: await AskAsync(silo))));
            lock (_gate)
            {
                _known = facts.Where(fact => fact.Facts is not null).ToDictionary(fact => fact.Silo, fact => fact.Facts!);
                _placed.Clear();
            }

            (_asked, _isKnown) = (host.Clock.GetTimestamp(), true);
            return _known;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>The silo with the fewest groups that must be running; null when none takes anything.</summary>
    public async Task<SiloAddress?> PlaceAsync(SiloAddress[] candidates)
    {
        await AskAsync();
        lock (_gate)
        {
            var active = host.ActiveSilos;
            var found = candidates.Where(silo => active.Contains(silo) && !IsLeaving(silo)).OrderBy(Load).ThenBy(silo => silo.ToParsableString(), StringComparer.Ordinal).FirstOrDefault();
            if (found is not null) _placed[found] = _placed.GetValueOrDefault(found) + 1;
            return found;
        }
    }

    private bool IsLeaving(SiloAddress silo) => silo.Equals(host.Silo) ? host.IsLeaving : _known.TryGetValue(silo, out var facts) && facts.IsLeaving;

    private int Load(SiloAddress silo)
    {
        var load = (_known.TryGetValue(silo, out var facts) ? facts.Running : 0) + _placed.GetValueOrDefault(silo);
        return silo.Equals(host.Silo) ? Math.Max(load, host.Describe().Running) : load;
    }

    private async Task<SiloFacts?> AskAsync(SiloAddress silo)
    {
        if (silo.Equals(host.Silo)) return host.Describe();
        try
        {
            return await host.Services.At(silo).DescribeAsync().WaitAsync(Patience);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            return _known.GetValueOrDefault(silo);
        }
    }
}
