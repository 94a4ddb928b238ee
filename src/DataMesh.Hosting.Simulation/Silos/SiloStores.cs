using System.Text;
using DataMesh.ControlPlane.Grains;
using DataMesh.Core;
using DataMesh.Hosting.Simulation.Agreement;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Simulation.Silos;

/// <summary>Grain state. A request that got no answer is repeated: a write that succeeded already succeeds again.</summary>
internal sealed class SiloStates(ServerLink link, SiloSession session) : IGrainStateStore
{
    private readonly SortedDictionary<string, (GrainId Id, string Silo, StoredState State)> _kept = new(StringComparer.Ordinal);

    public async ValueTask<StoredState?> ReadAsync(GrainId id, CancellationToken cancellation) =>
        await link.PersistAsync(server => server.Now.States.GetValueOrDefault(id.ToString())?.State, cancellation);

    public async ValueTask<long?> WriteAsync(GrainId id, string json, long expected, long fence, bool keepsRunning, CancellationToken cancellation)
    {
        var (silo, state) = (session.Id, new StoredState(json, expected + 1, fence, keepsRunning));
        var version = await link.PersistAsync(server => Records.Write(server, id, silo, state, session.KnownRun), cancellation);
        lock (_kept)
        {
            if (version is not null && keepsRunning) _kept[id.ToString()] = (id, silo, state);
            else _kept.Remove(id.ToString());
        }

        return version;
    }

    /// <summary>Nothing is known any more of a grain's last write.</summary>
    public void Forget(GrainId id)
    {
        lock (_kept) _kept.Remove(id.ToString());
    }

    /// <summary>Writes again what must be running: the server was restarted and may have lost the last of it.</summary>
    public async Task RepeatAsync(CancellationToken cancellation)
    {
        foreach (var (id, silo, state) in _kept.Values.ToList())
            if (silo == session.Id) await link.PersistAsync(server => Records.Write(server, id, silo, state, session.KnownRun), cancellation);
    }
}

/// <summary>Event streams.</summary>
internal sealed class SiloStreams(ServerLink link) : IGrainStreams
{
    public async ValueTask<long> AppendAsync(GrainId id, string kind, string json, CancellationToken cancellation)
    {
        if (Encoding.UTF8.GetByteCount(json) > Limits.StreamEntryBytesMax) throw new ArgumentException($"A stream entry has more than {Limits.StreamEntryBytesMax} bytes.", nameof(json));
        return await link.PersistAsync(server => Records.Append(server, id, kind, json), cancellation);
    }

    public async ValueTask<IReadOnlyList<StreamEntry>> ReadAsync(GrainId id, long after, int max, CancellationToken cancellation) =>
        await link.PersistAsync(server => Records.Entries(server, id, after, max), cancellation);
}

/// <summary>Submitted pipelines.</summary>
internal sealed class SiloPipelines(ServerLink link) : IPipelineStore
{
    public async ValueTask<PipelineVersion> SubmitAsync(string name, string yaml, string baseFolder, string options, CancellationToken cancellation) =>
        await link.PersistAsync(server => Records.Submit(server, name, yaml, baseFolder, options), cancellation);

    public async ValueTask<PipelineVersion?> FindAsync(string name, long version, CancellationToken cancellation) =>
        await link.PersistAsync(server => Records.Find(server, name, version), cancellation);

    public async ValueTask<IReadOnlyList<string>> ListAsync(string after, int max, CancellationToken cancellation) => await link.PersistAsync<IReadOnlyList<string>>(
        server => [.. server.Now.Pipelines.Keys.Where(name => string.CompareOrdinal(name, after) > 0).Take(max)], cancellation);

    public async ValueTask<bool> RemoveAsync(string name, CancellationToken cancellation) => await link.PersistAsync(server => Records.Remove(server, name), cancellation);
}
