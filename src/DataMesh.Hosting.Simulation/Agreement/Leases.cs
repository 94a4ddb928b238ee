namespace DataMesh.Hosting.Simulation.Agreement;

/// <summary>Who holds what. A lease whose holder has no session is free.</summary>
public static class Leases
{
    private const long StaleMicros = 1_000_000;

    /// <summary>
    /// Finds the silo of a group, or places it: near the asker, or where the fewest groups are running. The holder that asks has lost its activation and gets a
    /// new token.
    /// </summary>
    public static Lease Acquire(AgreementServer server, string group, string asker, bool near)
    {
        var now = server.Now;
        var holder = now.Leases.GetValueOrDefault(group)?.Silo;
        if (holder is { Length: > 0 } && holder != asker && now.Sessions.ContainsKey(holder)) return now.Leases[group];
        if (!now.Sessions.TryGetValue(asker, out var session)) throw new AgreementTrouble($"{asker} has no session.");
        return Give(server, group, holder != asker && (!near || session.IsLeaving) ? LeastLoaded(now, asker) : asker);
    }

    /// <summary>Takes up orphaned groups: a share, so that all silos come to the same load; any that has waited for a second.</summary>
    public static IReadOnlyList<string> Adopt(AgreementServer server, string me)
    {
        var now = server.Now;
        if (!now.Sessions.TryGetValue(me, out var session) || session.IsLeaving || now.Orphans.IsEmpty) return [];
        var silos = now.Sessions.Where(each => !each.Value.IsLeaving).Select(each => each.Key).ToList();
        var total = now.Orphans.Count + silos.Sum(silo => now.RunningOf(silo).Count());
        var share = ((total + silos.Count - 1) / silos.Count) - now.RunningOf(me).Count();
        var taken = new List<string>();
        foreach (var (group, since) in now.Orphans.OrderBy(orphan => orphan.Value))
        {
            var holder = now.Leases.GetValueOrDefault(group)?.Silo ?? "";
            if (!now.Keeps(group) || now.Sessions.ContainsKey(holder))
            {
                server.Change(server.Now with { Orphans = server.Now.Orphans.Remove(group) });
            }
            else if (share > 0 || since < server.Micros - StaleMicros)
            {
                Give(server, group, me);
                share--;
                taken.Add(group);
            }
        }

        return taken;
    }

    /// <summary>Hands a group to whoever takes it up; false when it was not the holder's to give.</summary>
    public static bool Release(AgreementServer server, string group, string me, long fence)
    {
        var now = server.Now;
        if (!Holds(server, group, me, fence)) return false;
        server.Change(now with
        {
            Leases = now.Leases.SetItem(group, new Lease("", fence)),
            Orphans = now.Keeps(group) ? now.Orphans.SetItem(group, server.Micros) : now.Orphans,
        });
        return true;
    }

    /// <summary>Whether a lease is still what it was.</summary>
    public static bool Holds(AgreementServer server, string group, string me, long fence) => server.Now.Leases.GetValueOrDefault(group) == new Lease(me, fence);

    private static Lease Give(AgreementServer server, string group, string silo)
    {
        var now = server.Now;
        var lease = new Lease(silo, Math.Max((now.Leases.GetValueOrDefault(group)?.Fence ?? 0) + 1, server.Micros));
        server.Change(now with { Leases = now.Leases.SetItem(group, lease), Orphans = now.Orphans.Remove(group) });
        return lease;
    }

    private static string LeastLoaded(Agreed now, string otherwise) => now.Sessions.Where(each => !each.Value.IsLeaving)
        .OrderBy(each => now.RunningOf(each.Key).Count()).ThenBy(each => now.Leases.Count(lease => lease.Value.Silo == each.Key)).ThenBy(each => each.Key != otherwise)
        .Select(each => each.Key).FirstOrDefault(otherwise);
}
