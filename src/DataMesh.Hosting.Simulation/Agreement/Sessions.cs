namespace DataMesh.Hosting.Simulation.Agreement;

/// <summary>What a renewal shows.</summary>
/// <param name="RunId">The server's run.</param>
/// <param name="Orphans">Groups that wait for adoption.</param>
/// <param name="Members">The living sessions, with the number of groups that they run.</param>
public sealed record SessionsSeen(int RunId, int Orphans, IReadOnlyList<(string Id, Session Session, int Running)> Members);

/// <summary>Who is there.</summary>
public static class Sessions
{
    /// <summary>Renews a session; null when it is gone. One that is gone is made anew under its id only when the server was restarted meanwhile.</summary>
    /// <param name="server">The server.</param>
    /// <param name="id">The session.</param>
    /// <param name="since">When the silo joined.</param>
    /// <param name="grains">Its active grains.</param>
    /// <param name="isLeaving">Whether it takes nothing new.</param>
    /// <param name="known">The server's run that it knows; 0 when it joins.</param>
    public static SessionsSeen? Renew(AgreementServer server, string id, DateTimeOffset since, int grains, bool isLeaving, int known)
    {
        var now = server.Now;
        if (!now.Sessions.TryGetValue(id, out var session) && known == server.RunId) return null;
        now = now with { Sessions = now.Sessions.SetItem(id, new Session((session?.Beats ?? 0) + 1, since, grains, isLeaving)) };
        server.Change(now);
        return new SessionsSeen(server.RunId, now.Orphans.Count, [.. now.Sessions.Select(each => (each.Key, each.Value, now.RunningOf(each.Key).Count()))]);
    }

    /// <summary>Ends a session that has not beaten since; what it held that must be running becomes orphaned.</summary>
    public static bool Bury(AgreementServer server, string id, long beats)
    {
        if (!server.Now.Sessions.TryGetValue(id, out var session) || session.Beats != beats) return false;
        return Leave(server, id);
    }

    /// <summary>Ends a session.</summary>
    public static bool Leave(AgreementServer server, string id)
    {
        var now = server.Now;
        server.Change(now with
        {
            Orphans = now.Orphans.SetItems(now.RunningOf(id).Select(group => KeyValuePair.Create(group, server.Micros))),
            Sessions = now.Sessions.Remove(id),
        });
        return true;
    }

    /// <summary>The groups of a silo that must be running.</summary>
    public static IEnumerable<string> RunningOf(this Agreed now, string silo) =>
        now.Leases.Where(lease => lease.Value.Silo == silo && now.Keeps(lease.Key)).Select(lease => lease.Key);

    /// <summary>Whether some grain of a group must be running.</summary>
    public static bool Keeps(this Agreed now, string group) => now.KeptOf(group).Any();

    /// <summary>The grains of a group that must be running.</summary>
    public static IEnumerable<string> KeptOf(this Agreed now, string group) =>
        now.States.Where(state => state.Value.State.KeepsRunning && state.Value.Group == group).Select(state => state.Key);
}
