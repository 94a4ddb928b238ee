using System.Globalization;
using System.Text;
using DataMesh.ControlPlane.Grains;
using DataMesh.Core;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Redis;

/// <summary>Event streams as Redis streams.</summary>
internal sealed class RedisStreams(RedisLink link) : IGrainStreams
{
    public async ValueTask<long> AppendAsync(GrainId id, string kind, string json, CancellationToken cancellation)
    {
        if (Encoding.UTF8.GetByteCount(json) > Limits.StreamEntryBytesMax) throw new ArgumentException($"A stream entry has more than {Limits.StreamEntryBytesMax} bytes.", nameof(json));
        return RedisLink.Number(await link.PersistAsync(StateScripts.Append, cancellation, id.ToString(), kind, json, Limits.StreamEntriesMax));
    }

    public async ValueTask<IReadOnlyList<StreamEntry>> ReadAsync(GrainId id, long after, int max, CancellationToken cancellation)
    {
        var parts = RedisLink.List(await link.PersistAsync(StateScripts.Entries, cancellation, id.ToString(), after.ToString(CultureInfo.InvariantCulture), max));
        return [.. parts.Chunk(4).Select(entry => new StreamEntry(
            RedisLink.Number(entry[0]), DateTimeOffset.FromUnixTimeMilliseconds(RedisLink.Number(entry[1])), RedisLink.Text(entry[2])!, RedisLink.Text(entry[3])!))];
    }
}
