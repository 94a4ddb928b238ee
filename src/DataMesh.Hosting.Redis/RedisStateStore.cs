using System.Collections.Concurrent;
using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Redis;

/// <summary>
/// Grain state in Redis. A command that got no answer is repeated until the activation is cancelled: a write that succeeded already succeeds again.
/// </summary>
internal sealed class RedisStateStore(RedisLink link, Membership membership) : IGrainStateStore
{
    private const int AtOnce = 128;

    private readonly ConcurrentDictionary<GrainId, Written> _kept = new();

    public async ValueTask<StoredState?> ReadAsync(GrainId id, CancellationToken cancellation)
    {
        var parts = RedisLink.List(await link.PersistAsync(StateScripts.Read, cancellation, id.ToString()));
        return RedisLink.Text(parts[0]) is { } json
            ? new StoredState(json, RedisLink.Number(parts[1]), RedisLink.Number(parts[2]), RedisLink.Text(parts[3]) == "1") : null;
    }

    public async ValueTask<long?> WriteAsync(GrainId id, string json, long expected, long fence, bool keepsRunning, CancellationToken cancellation)
    {
        var written = new Written(membership.Id, json, expected, fence, keepsRunning);
        var reply = RedisLink.Number(await link.PersistAsync(StateScripts.Write, cancellation, Arguments(id, written)));
        long? version = reply == 0 ? null : reply;
        if (version is not null && keepsRunning) _kept[id] = written;
        else _kept.TryRemove(id, out _);
        return version;
    }

    /// <summary>Nothing is known any more of a grain's last write.</summary>
    public void Forget(GrainId id) => _kept.TryRemove(id, out _);

    /// <summary>Writes again what must be running: Redis was restarted and may have lost the last of it.</summary>
    public async Task RepeatAsync()
    {
        foreach (var part in _kept.Where(kept => kept.Value.Silo == membership.Id).Chunk(AtOnce))
            await Task.WhenAll(part.Select(kept => link.RunAsync(StateScripts.Write, Arguments(kept.Key, kept.Value))));
    }

    private object[] Arguments(GrainId id, Written written) =>
        [id.ToString(), GrainGroup.Of(id), written.Silo, written.Json, written.Expected, written.Fence, written.KeepsRunning ? "1" : "0", membership.KnownRun];

    private sealed record Written(string Silo, string Json, long Expected, long Fence, bool KeepsRunning);
}
