using System.Globalization;
using System.Text.Json;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Audit;

/// <summary>An epoch's account by its file name; null when it can not be read, with the reason.</summary>
public sealed record ChainLink(string Name, Manifest? Manifest, string? Fault)
{
    /// <summary>The epoch that the file's name tells.</summary>
    public long Epoch => Manifest?.Epoch ?? (Name.Split('-') is [.., var number, _] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : -1);
}

/// <summary>What a pipeline has committed, found from its targets alone: the position in the table names the last account, and each account the one before.</summary>
/// <param name="Targets">What each target says.</param>
/// <param name="Position">The last committed position, or null when nothing was committed.</param>
/// <param name="Links">The accounts, oldest first.</param>
public sealed record CommittedChain(IReadOnlyList<TargetState> Targets, CommittedPosition? Position, IReadOnlyList<ChainLink> Links)
{
    /// <summary>The accounts that could be read, oldest first.</summary>
    public IEnumerable<Manifest> Manifests => Links.Select(link => link.Manifest).OfType<Manifest>();

    /// <summary>Reads the chain. An account that can not be read ends it.</summary>
    public static async Task<CommittedChain> ReadAsync(PipelineRun run, CancellationToken cancellation)
    {
        var targets = new List<TargetState>();
        foreach (var node in run.Definition.Sinks) targets.Add(await node.Sink.ReadStateAsync(run.AppId, run.Context, cancellation));
        var last = targets.Max(target => target.Epoch);
        var domain = targets.FirstOrDefault(target => target.Epoch == last && target.Domain is not null)?.Domain;
        if (last < 0 || domain is null) return new CommittedChain(targets, null, []);
        var position = JsonSerializer.Deserialize(domain, RuntimeJson.Default.CommittedPosition)!;
        var links = new List<ChainLink>();
        for (string? name = position.Manifest; name is not null;)
        {
            var link = Read(run, name);
            links.Add(link);
            name = link.Manifest?.Previous;
        }

        links.Reverse();
        return new CommittedChain(targets, position, links);
    }

    private static ChainLink Read(PipelineRun run, string name)
    {
        try
        {
            return new ChainLink(name, run.Account.ReadManifest(name), null);
        }
        catch (DataMeshException error)
        {
            return new ChainLink(name, null, error.Detail ?? error.Message);
        }
    }
}
