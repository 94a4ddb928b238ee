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
        if (host.IsLeaving || !host.Loads.IsComplete || silos.Count < 2 || host.Clock.GetElapsedTime(_since) < host.Options.SettleTime) return;
        var loads = silos.ToDictionary(silo => silo.Key, silo => host.Loads.Load(silo.Key));
        if (!loads.OrderByDescending(load => load.Value).ThenBy(load => load.Key.ToParsableString(), StringComparer.Ordinal).First().Key.Equals(host.Silo)) return;
        foreach (var holding in host.Movable.Take(MovesMax).ToList())
        {
            var target = loads.MinBy(load => load.Value).Key;
            if (loads[host.Silo] - loads[target] < 2) return;
            using var late = new CancellationTokenSource(host.Options.DrainTime, host.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
            if (!await host.DrainAsync(holding, either.Token)) return;
            host.Log($"gives {holding.Group} to {target.ToParsableString()}, which has less to do");
            host.Loads.Note(holding.Group, target);
            await host.HandOverAsync(holding, target);
            (loads[host.Silo], loads[target]) = (loads[host.Silo] - 1, loads[target] + 1);
        }
    }
}
