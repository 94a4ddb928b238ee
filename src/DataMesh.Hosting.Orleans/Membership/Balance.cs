namespace DataMesh.Hosting.Orleans.Membership;

/// <summary>
/// Moves pipelines to silos that have less to do, once the silos have been the same for a while. Only the silo that has the most moves any, so that nobody
/// is given more than its share.
/// </summary>
internal sealed class Balance(OrleansHost host)
{
    private const int MovesMax = 4;

    private string _silos = "";
    private long _since;

    /// <summary>Moves what is too much here.</summary>
    public async Task MoveAsync(CancellationToken cancellation)
    {
        var silos = (await host.Loads.AskAsync(anew: true)).Where(silo => !silo.Value.IsLeaving).ToList();
        var names = string.Join(',', silos.Select(silo => silo.Key.ToParsableString()).Order(StringComparer.Ordinal));
        if (names != _silos) (_silos, _since) = (names, host.Clock.GetTimestamp());
        if (host.IsLeaving || silos.Count < 2 || host.Clock.GetElapsedTime(_since) < host.Options.SettleTime) return;
        var most = silos.OrderByDescending(silo => silo.Value.Running).ThenBy(silo => silo.Key.ToParsableString(), StringComparer.Ordinal).First();
        var surplus = (most.Value.Running - silos.Min(silo => silo.Value.Running)) / 2;
        if (!most.Key.Equals(host.Silo) || surplus < 1) return;
        foreach (var holding in host.Movable.Take(Math.Min(surplus, MovesMax)).ToList())
        {
            using var late = new CancellationTokenSource(host.Options.DrainTime, host.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
            if (!await host.DrainAsync(holding, either.Token)) return;
            host.Log($"gives {holding.Group} away: others have less to do");
            await host.HandOverAsync(holding);
        }
    }
}
