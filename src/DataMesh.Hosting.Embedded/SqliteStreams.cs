using System.Text;
using DataMesh.ControlPlane.Grains;
using DataMesh.Core;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Embedded;

/// <summary>Event streams in the SQLite file.</summary>
public sealed class SqliteStreams(SqliteStore store, TimeProvider clock) : IGrainStreams
{
    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(GrainId id, string kind, string json, CancellationToken cancellation)
    {
        if (Encoding.UTF8.GetByteCount(json) > Limits.StreamEntryBytesMax) throw new ArgumentException($"A stream entry has more than {Limits.StreamEntryBytesMax} bytes.", nameof(json));
        var now = clock.GetUtcNow();
        lock (store.Gate)
        {
            var (last, count) = State(id);
            var sequence = Math.Max(last + 1, (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            using (var insert = store.Database.Prepare("insert into grain_stream (id, sequence, time_ms, kind, json) values (?1, ?2, ?3, ?4, ?5)"))
                insert.Bind(1, id.ToString()).Bind(2, sequence).Bind(3, now.ToUnixTimeMilliseconds()).Bind(4, kind).Bind(5, json).Step();
            if (count >= Limits.StreamEntriesMax + Limits.StreamEntriesMax / 10) Trim(id);
            return ValueTask.FromResult(sequence);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StreamEntry>> ReadAsync(GrainId id, long after, int max, CancellationToken cancellation)
    {
        lock (store.Gate)
        {
            var entries = new List<StreamEntry>();
            using var query = store.Database.Prepare("select sequence, time_ms, kind, json from grain_stream where id = ?1 and sequence > ?2 order by sequence limit ?3");
            query.Bind(1, id.ToString()).Bind(2, after).Bind(3, max);
            while (query.Step())
                entries.Add(new StreamEntry(query.Number(0), DateTimeOffset.FromUnixTimeMilliseconds(query.Number(1)), query.Text(2), query.Text(3)));
            return ValueTask.FromResult<IReadOnlyList<StreamEntry>>(entries);
        }
    }

    private (long Last, long Count) State(GrainId id)
    {
        using var query = store.Database.Prepare("select coalesce(max(sequence), 0), count(*) from grain_stream where id = ?1").Bind(1, id.ToString());
        query.Step();
        return (query.Number(0), query.Number(1));
    }

    private void Trim(GrainId id)
    {
        using var delete = store.Database.Prepare(
            "delete from grain_stream where id = ?1 and sequence < (select sequence from grain_stream where id = ?1 order by sequence desc limit 1 offset ?2)");
        delete.Bind(1, id.ToString()).Bind(2, Limits.StreamEntriesMax - 1).Step();
    }
}
