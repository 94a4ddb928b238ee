using System.Globalization;
using DataMesh.Core;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Redis;

/// <summary>Submitted pipelines in Redis: one hash each, and the names in order.</summary>
internal sealed class RedisPipelineStore(RedisLink link) : IPipelineStore
{
    public async ValueTask<PipelineVersion> SubmitAsync(string name, string yaml, string baseFolder, string options, CancellationToken cancellation)
    {
        var stored = RedisLink.List(await link.PersistAsync(StateScripts.Submit, cancellation, name, yaml, baseFolder, options, Limits.PipelineVersionsMax));
        return new PipelineVersion(name, RedisLink.Number(stored[0]), yaml, baseFolder, DateTimeOffset.FromUnixTimeMilliseconds(RedisLink.Number(stored[1])), options);
    }

    public async ValueTask<PipelineVersion?> FindAsync(string name, long version, CancellationToken cancellation)
    {
        var found = RedisLink.List(await link.PersistAsync(StateScripts.Find, cancellation, name, version.ToString(CultureInfo.InvariantCulture)));
        return found.Length == 0 ? null : new PipelineVersion(
            name, RedisLink.Number(found[0]), RedisLink.Text(found[2])!, RedisLink.Text(found[3])!, DateTimeOffset.FromUnixTimeMilliseconds(RedisLink.Number(found[1])),
            RedisLink.Text(found[4])!);
    }

    public async ValueTask<IReadOnlyList<string>> ListAsync(string after, int max, CancellationToken cancellation) =>
        [.. RedisLink.List(await link.PersistAsync(StateScripts.Names, cancellation, after, max)).Select(name => RedisLink.Text(name)!)];

    public async ValueTask<IReadOnlyList<PipelineVersion>> NewestAsync(string after, int max, CancellationToken cancellation) =>
        [.. RedisLink.List(await link.PersistAsync(StateScripts.Newest, cancellation, after, max)).Chunk(5).Select(found => new PipelineVersion(
            RedisLink.Text(found[0])!, RedisLink.Number(found[1]), "", RedisLink.Text(found[3])!, DateTimeOffset.FromUnixTimeMilliseconds(RedisLink.Number(found[2])), RedisLink.Text(found[4])!))];

    public async ValueTask<bool> RemoveAsync(string name, CancellationToken cancellation) =>
        RedisLink.Number(await link.PersistAsync(StateScripts.Remove, cancellation, name)) == 1;
}
