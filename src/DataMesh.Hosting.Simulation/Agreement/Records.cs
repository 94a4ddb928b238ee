using System.Collections.Immutable;
using DataMesh.ControlPlane.Grains;
using DataMesh.Core;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Simulation.Agreement;

/// <summary>What is kept: state, streams, pipelines.</summary>
public static class Records
{
    /// <summary>
    /// Compare-and-set of a grain's state by the holder of its lease; null when it is refused. When the server was restarted under the writer, it may have lost
    /// versions and the lease itself, but never knows a higher token or version of somebody else's.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="id">The grain.</param>
    /// <param name="silo">The writer.</param>
    /// <param name="next">The state.</param>
    /// <param name="knownRun">The run of the server that the writer has known all the while; 0 for none, null when it has known several.</param>
    public static long? Write(AgreementServer server, GrainId id, string silo, StoredState next, int? knownRun)
    {
        var sawRestart = knownRun is null || (knownRun != 0 && knownRun != server.RunId);
        var (now, group, fence) = (server.Now, GrainGroup.Of(id), next.Fence);
        if (!now.Sessions.ContainsKey(silo)) throw new AgreementTrouble($"{silo} has no session.");
        var lease = now.Leases.GetValueOrDefault(group) ?? new Lease("", 0);
        if (server.Fences && lease.Fence > fence) return null;
        if (server.Fences && (lease.Silo != silo || lease.Fence < fence))
        {
            if (!sawRestart) return null;
            now = now with { Leases = now.Leases.SetItem(group, new Lease(silo, fence)), Orphans = now.Orphans.Remove(group) };
        }

        var stored = now.States.GetValueOrDefault(id.ToString())?.State;
        var (version, expected) = (stored?.Version ?? 0, next.Version - 1);
        if (server.Fences && stored?.Fence > fence) return null;
        if (version != expected && !(sawRestart && version < expected) && stored != next) return null;
        server.Change(now with { States = now.States.SetItem(id.ToString(), new KeptState(next, group)) });
        return next.Version;
    }

    /// <summary>Forgets all that is kept of a pipeline's grains; false, and nothing is forgotten, while one of its groups must be running.</summary>
    public static bool Forget(AgreementServer server, string pipeline)
    {
        var (now, groups) = (server.Now, GrainGroup.AllOf(pipeline));
        if (groups.Any(now.Keeps)) return false;
        var grains = now.States.Where(state => groups.Contains(state.Value.Group)).Select(state => state.Key).ToList();
        server.Change(now with
        {
            States = now.States.RemoveRange(grains),
            Streams = now.Streams.RemoveRange(grains),
            Leases = now.Leases.RemoveRange(groups),
            Orphans = now.Orphans.RemoveRange(groups),
        });
        return true;
    }

    /// <summary>Adds an entry to a stream and returns its sequence number.</summary>
    public static long Append(AgreementServer server, GrainId id, string kind, string json)
    {
        var stream = server.Now.Streams.GetValueOrDefault(id.ToString(), []);
        var sequence = stream.IsEmpty ? server.Micros : Math.Max(stream[^1].Sequence + 1, server.Micros);
        stream = stream.Add(new StreamEntry(sequence, server.Time, kind, json));
        if (stream.Count > Limits.StreamEntriesMax + (Limits.StreamEntriesMax / 10)) stream = stream.RemoveRange(0, stream.Count - Limits.StreamEntriesMax);
        server.Change(server.Now with { Streams = server.Now.Streams.SetItem(id.ToString(), stream) });
        return sequence;
    }

    /// <summary>The entries of a stream after a sequence number.</summary>
    public static IReadOnlyList<StreamEntry> Entries(AgreementServer server, GrainId id, long after, int max) =>
        [.. server.Now.Streams.GetValueOrDefault(id.ToString(), []).Where(entry => entry.Sequence > after).Take(max)];

    /// <summary>Adds a version of a pipeline, unless it says the same as the last.</summary>
    public static PipelineVersion Submit(AgreementServer server, string name, string yaml, string baseFolder, string options)
    {
        var versions = server.Now.Pipelines.GetValueOrDefault(name, []);
        if (versions.LastOrDefault() is { } last && (last.Yaml, last.BaseFolder, last.Options) == (yaml, baseFolder, options)) return last;
        var next = new PipelineVersion(name, (versions.LastOrDefault()?.Version ?? 0) + 1, yaml, baseFolder, server.Time, options);
        versions = versions.Add(next);
        if (versions.Count > Limits.PipelineVersionsMax) versions = versions.RemoveAt(0);
        server.Change(server.Now with { Pipelines = server.Now.Pipelines.SetItem(name, versions) });
        return next;
    }

    /// <summary>A version of a pipeline, the last one for 0.</summary>
    public static PipelineVersion? Find(AgreementServer server, string name, long version) =>
        server.Now.Pipelines.GetValueOrDefault(name, []).LastOrDefault(each => version == 0 || each.Version == version);

    /// <summary>Forgets a pipeline.</summary>
    public static bool Remove(AgreementServer server, string name)
    {
        if (!server.Now.Pipelines.ContainsKey(name)) return false;
        server.Change(server.Now with { Pipelines = server.Now.Pipelines.Remove(name) });
        return true;
    }
}
