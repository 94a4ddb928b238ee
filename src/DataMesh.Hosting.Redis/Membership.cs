using System.Globalization;
using StackExchange.Redis;

namespace DataMesh.Hosting.Redis;

/// <summary>A silo as its session tells of it.</summary>
internal sealed record Member(string Id, string Beats, Uri Address, DateTimeOffset Since, int Grains, int Running, bool IsLeaving);

/// <summary>What a renewal showed.</summary>
/// <param name="Members">The living silos.</param>
/// <param name="Orphans">Groups that wait for adoption.</param>
/// <param name="Running">Groups of this silo that must be running.</param>
/// <param name="IsRestarted">Whether Redis was restarted since the renewal before.</param>
internal sealed record Renewal(IReadOnlyList<Member> Members, long Orphans, long Running, bool IsRestarted);

/// <summary>
/// This silo's session: renewed in time, or given up by its own clock, which counts from when the last successful renewal was sent. Watches the other
/// sessions: one is dead when it has been seen not to change for the session time by this silo's clock, with Redis answering all the while.
/// </summary>
internal sealed class Membership(RedisLink link, RedisOptions options, TimeProvider clock)
{
    private readonly string _since = clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
    private readonly Dictionary<string, (string Beats, long Seen)> _watched = [];
    private string _redisRun = "";
    private long _renewed;
    private long _valid;
    private volatile bool _isMember;
    private IReadOnlyList<Member> _members = [];

    /// <summary>The session.</summary>
    public string Id { get; private set; } = NewId();

    /// <summary>Whether this silo may act.</summary>
    public bool IsValid => _isMember && clock.GetElapsedTime(Volatile.Read(ref _valid)) < options.SessionTime;

    /// <summary>Whether Redis was restarted during this session: it may have lost the last things it was told.</summary>
    private bool SawRestart { get; set; }

    /// <summary>The run of Redis during this session, or <see cref="StateScripts.SeveralRuns"/>.</summary>
    public string KnownRun => SawRestart ? StateScripts.SeveralRuns : _redisRun;

    /// <summary>The living silos, as of the last renewal.</summary>
    public IReadOnlyList<Member> Members => Volatile.Read(ref _members);

    /// <summary>
    /// Renews the session, or makes one; null when it was buried: this silo is a new one from then on. When Redis was restarted it is told again what it may
    /// have forgotten before this silo counts as a member again: whatever is activated then would begin with what is older.
    /// </summary>
    public async Task<Renewal?> RenewAsync(int grains, bool isLeaving, Func<Task> tellAgain)
    {
        var sent = clock.GetTimestamp();
        var reply = RedisLink.List(await link.RunAsync(SessionScripts.Renew, Id, options.Address.ToString(), _since, grains, isLeaving ? "1" : "0", _redisRun));
        if (reply.Length == 1)
        {
            GiveUp();
            (Id, _redisRun, SawRestart) = (NewId(), "", false);
            return null;
        }

        var run = RedisLink.Text(reply[0])!;
        var isRestarted = _redisRun.Length > 0 && run != _redisRun;
        SawRestart |= isRestarted;
        if (isRestarted) await tellAgain();
        _redisRun = run;
        // After a pause, or with another Redis, what was seen before says nothing: everyone gets the full session time to come back.
        if (isRestarted || clock.GetElapsedTime(_renewed) > options.SessionTime / 2) _watched.Clear();
        (_renewed, _isMember) = (clock.GetTimestamp(), true);
        Volatile.Write(ref _valid, sent);
        var members = Parse(reply);
        Volatile.Write(ref _members, members);
        return new Renewal(members, RedisLink.Number(reply[1]), RedisLink.Number(reply[2]), isRestarted);
    }

    /// <summary>Ends the sessions of silos that are dead; says whether there were any.</summary>
    public async Task<bool> BuryAsync()
    {
        var any = false;
        foreach (var member in Members.Where(member => member.Id != Id))
        {
            if (!_watched.TryGetValue(member.Id, out var seen) || seen.Beats != member.Beats) _watched[member.Id] = (member.Beats, clock.GetTimestamp());
            else if (clock.GetElapsedTime(seen.Seen) >= options.SessionTime) any |= RedisLink.Number(await link.RunAsync(SessionScripts.Bury, member.Id, member.Beats)) == 1;
        }

        foreach (var gone in _watched.Keys.Except(Members.Select(member => member.Id)).ToList()) _watched.Remove(gone);
        return any;
    }

    /// <summary>Acts no more until the next renewal.</summary>
    public void GiveUp() => _isMember = false;

    private static string NewId() => Guid.NewGuid().ToString("N")[..12];

    private static List<Member> Parse(RedisResult[] reply) => [.. reply.Skip(3).Chunk(7)
        .Where(part => Uri.TryCreate(RedisLink.Text(part[2]), UriKind.Absolute, out _))
        .Select(part => new Member(
            RedisLink.Text(part[0])!, RedisLink.Text(part[1])!, new Uri(RedisLink.Text(part[2])!), DateTimeOffset.FromUnixTimeMilliseconds(RedisLink.Number(part[3])),
            (int)RedisLink.Number(part[4]), (int)RedisLink.Number(part[5]), RedisLink.Text(part[6]) == "1"))];
}
