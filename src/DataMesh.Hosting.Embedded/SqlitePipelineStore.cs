using DataMesh.Core;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Embedded;

/// <summary>Submitted pipelines in the SQLite file.</summary>
public sealed class SqlitePipelineStore(SqliteStore store, TimeProvider clock) : IPipelineStore
{
    /// <inheritdoc/>
    public ValueTask<PipelineVersion> SubmitAsync(string name, string yaml, string baseFolder, string options, CancellationToken cancellation)
    {
        lock (store.Gate)
        {
            var last = Find(name, 0);
            if (last is not null && (last.Yaml, last.BaseFolder, last.Options) == (yaml, baseFolder, options)) return ValueTask.FromResult(last);
            var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
            var next = new PipelineVersion(name, (last?.Version ?? 0) + 1, yaml, baseFolder, now, options);
            using (var insert = store.Database.Prepare("insert into pipeline (name, version, yaml, base_folder, submitted_ms, options) values (?1, ?2, ?3, ?4, ?5, ?6)"))
                insert.Bind(1, name).Bind(2, next.Version).Bind(3, yaml).Bind(4, baseFolder).Bind(5, now.ToUnixTimeMilliseconds()).Bind(6, options).Step();
            using var delete = store.Database.Prepare("delete from pipeline where name = ?1 and version <= ?2");
            delete.Bind(1, name).Bind(2, next.Version - Limits.PipelineVersionsMax).Step();
            return ValueTask.FromResult(next);
        }
    }

    /// <inheritdoc/>
    public ValueTask<PipelineVersion?> FindAsync(string name, long version, CancellationToken cancellation)
    {
        lock (store.Gate) return ValueTask.FromResult(Find(name, version));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListAsync(string after, int max, CancellationToken cancellation)
    {
        lock (store.Gate)
        {
            var names = new List<string>();
            using var query = store.Database.Prepare("select distinct name from pipeline where name > ?1 order by name limit ?2").Bind(1, after).Bind(2, max);
            while (query.Step()) names.Add(query.Text(0));
            return ValueTask.FromResult<IReadOnlyList<string>>(names);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PipelineVersion>> NewestAsync(string after, int max, CancellationToken cancellation)
    {
        lock (store.Gate)
        {
            var found = new List<PipelineVersion>();
            // SQLite takes the other columns from the row that has the maximum.
            using var query = store.Database.Prepare("select name, max(version), base_folder, submitted_ms, options from pipeline where name > ?1 group by name order by name limit ?2");
            query.Bind(1, after).Bind(2, max);
            while (query.Step()) found.Add(new PipelineVersion(query.Text(0), query.Number(1), "", query.Text(2), DateTimeOffset.FromUnixTimeMilliseconds(query.Number(3)), query.Text(4)));
            return ValueTask.FromResult<IReadOnlyList<PipelineVersion>>(found);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(string name, CancellationToken cancellation)
    {
        lock (store.Gate)
        {
            using var delete = store.Database.Prepare("delete from pipeline where name = ?1").Bind(1, name);
            delete.Step();
            return ValueTask.FromResult(store.Database.Changes > 0);
        }
    }

    private PipelineVersion? Find(string name, long version)
    {
        using var query = store.Database.Prepare(
            "select version, yaml, base_folder, submitted_ms, options from pipeline where name = ?1 and (?2 = 0 or version = ?2) order by version desc limit 1");
        query.Bind(1, name).Bind(2, version);
        return query.Step()
            ? new PipelineVersion(name, query.Number(0), query.Text(1), query.Text(2), DateTimeOffset.FromUnixTimeMilliseconds(query.Number(3)), query.Text(4)) : null;
    }
}
