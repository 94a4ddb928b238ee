using DataMesh.Hosting.Simulation.Agreement;
using DataMesh.Hosting.Simulation.World;

namespace DataMesh.Hosting.Simulation.Silos;

/// <summary>
/// A silo's session: renewed in time, or given up by its own clock, which counts from when the last successful renewal was sent. Watches the others: one is dead
/// when it has been seen not to change for the session time, with the server answering all the while.
/// </summary>
internal sealed class SiloSession(SimulatedProcess process, ServerLink link, SiloTimes times)
{
    private readonly DateTimeOffset _since = process.Clock.GetUtcNow();
    private readonly SortedDictionary<string, (long Beats, long Seen)> _watched = new(StringComparer.Ordinal);
    private int _names;
    private int _run;
    private long _renewed;
    private long _valid;
    private bool _isMember;

    /// <summary>The session.</summary>
    public string Id { get; private set; } = process.Name;

    /// <summary>Whether the silo may act.</summary>
    public bool IsValid => _isMember && process.Clock.GetElapsedTime(_valid) < times.SessionTime;

    /// <summary>The run of the server during this session; 0 for none yet, null when there were several.</summary>
    public int? KnownRun { get; private set; } = 0;

    /// <summary>Whether the last renewal was the first after a restart of the server.</summary>
    public bool IsRestarted { get; private set; }

    /// <summary>The sessions as of the last renewal.</summary>
    public IReadOnlyList<(string Id, Session Session, int Running)> Members { get; private set; } = [];

    /// <summary>Renews the session, or makes one; null when it was buried: this silo is a new one from then on.</summary>
    public async Task<SessionsSeen?> RenewAsync(int grains, bool isLeaving)
    {
        var (sent, id, run) = (process.Clock.GetTimestamp(), Id, _run);
        var seen = await link.AskAsync(server => (Seen: Sessions.Renew(server, id, _since, grains, isLeaving, run), 0));
        if (seen.Seen is not { } sessions)
        {
            GiveUp();
            (Id, _run, KnownRun) = ($"{process.Name}.{++_names}", 0, 0);
            return null;
        }

        IsRestarted = _run > 0 && sessions.RunId != _run;
        if (_run != sessions.RunId) KnownRun = _run == 0 ? sessions.RunId : null;
        _run = sessions.RunId;
        // After a pause, or with another server, what was seen before says nothing: everyone gets the full session time to come back.
        if (IsRestarted || process.Clock.GetElapsedTime(_renewed) > times.SessionTime / 2) _watched.Clear();
        (_renewed, _isMember, _valid, Members) = (process.Clock.GetTimestamp(), true, sent, sessions.Members);
        return sessions;
    }

    /// <summary>Ends the sessions of silos that are dead; says whether there were any.</summary>
    public async Task<bool> BuryAsync()
    {
        var any = false;
        foreach (var (other, session, _) in Members.Where(member => member.Id != Id).ToList())
        {
            if (!_watched.TryGetValue(other, out var seen) || seen.Beats != session.Beats) _watched[other] = (session.Beats, process.Clock.GetTimestamp());
            else if (process.Clock.GetElapsedTime(seen.Seen) >= times.SessionTime) any |= await link.AskAsync(server => Sessions.Bury(server, other, session.Beats));
        }

        foreach (var gone in _watched.Keys.Except(Members.Select(member => member.Id)).ToList()) _watched.Remove(gone);
        return any;
    }

    /// <summary>Acts no more until the next renewal.</summary>
    public void GiveUp() => _isMember = false;
}

/// <summary>The times that silos keep.</summary>
/// <param name="SessionTime">A silo that has not renewed its session for this time is taken for dead.</param>
public sealed record SiloTimes(TimeSpan SessionTime)
{
    /// <summary>Those of a cluster by default.</summary>
    public static SiloTimes Default { get; } = new(TimeSpan.FromSeconds(2));

    /// <summary>How often a session is renewed.</summary>
    public TimeSpan RenewEvery => SessionTime / 4;
}
