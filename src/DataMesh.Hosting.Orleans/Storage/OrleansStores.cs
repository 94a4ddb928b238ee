using System.Text;
using DataMesh.Core;
using DataMesh.Hosting.Orleans.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Orleans.Storage;

/// <summary>Event streams, each kept by a grain.</summary>
internal sealed class OrleansStreams(OrleansHost host) : IGrainStreams
{
    public async ValueTask<long> AppendAsync(GrainId id, string kind, string json, CancellationToken cancellation)
    {
        if (Encoding.UTF8.GetByteCount(json) > Limits.StreamEntryBytesMax) throw new ArgumentException($"A stream entry has more than {Limits.StreamEntryBytesMax} bytes.", nameof(json));
        return await host.PersistAsync(() => host.Grains.GetGrain<IStreamGrain>(id.ToString()).AppendAsync(kind, json), cancellation);
    }

    public async ValueTask<IReadOnlyList<StreamEntry>> ReadAsync(GrainId id, long after, int max, CancellationToken cancellation)
    {
        var entries = await host.PersistAsync(() => host.Grains.GetGrain<IStreamGrain>(id.ToString()).ReadAsync(after, max), cancellation);
        return [.. entries.Select(entry => new StreamEntry(entry.Sequence, DateTimeOffset.FromUnixTimeMilliseconds(entry.Time), entry.Kind, entry.Json))];
    }
}

/// <summary>Submitted pipelines, each kept by a grain.</summary>
internal sealed class OrleansPipelines(OrleansHost host) : IPipelineStore
{
    public async ValueTask<PipelineVersion> SubmitAsync(string name, string yaml, string baseFolder, string options, CancellationToken cancellation) =>
        Version(name, await host.PersistAsync(() => host.Grains.GetGrain<ITextGrain>(name).SubmitAsync(new TextVersion { Yaml = yaml, Folder = baseFolder, Options = options }), cancellation));

    public async ValueTask<PipelineVersion?> FindAsync(string name, long version, CancellationToken cancellation) =>
        await host.PersistAsync(() => host.Grains.GetGrain<ITextGrain>(name).FindAsync(version), cancellation) is { } found ? Version(name, found) : null;

    public async ValueTask<IReadOnlyList<string>> ListAsync(string after, int max, CancellationToken cancellation)
    {
        var shares = await Task.WhenAll(Enumerable.Range(0, NamesGrain.Shares).Select(share => host.PersistAsync(() => host.Grains.GetGrain<INamesGrain>(share).ListAsync(after, max), cancellation)));
        return [.. shares.SelectMany(names => names).Order(StringComparer.Ordinal).Take(max)];
    }

    public async ValueTask<bool> RemoveAsync(string name, CancellationToken cancellation) =>
        await host.PersistAsync(() => host.Grains.GetGrain<ITextGrain>(name).RemoveAsync(), cancellation);

    private static PipelineVersion Version(string name, TextVersion text) =>
        new(name, text.Version, text.Yaml, text.Folder, DateTimeOffset.FromUnixTimeMilliseconds(text.SubmittedAt), text.Options);
}
