using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Audit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Quarantine;

/// <summary>Records that were set aside for the same reason by the same rule of the same stage.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Stage">The source or stage.</param>
/// <param name="Rule">The rule.</param>
/// <param name="State">What became of them.</param>
/// <param name="Records">How many.</param>
/// <param name="First">The first of them.</param>
public sealed record QuarantineGroup(string Reason, string Stage, string? Rule, RecordState State, long Records, QuarantinedRecord First);

/// <summary>Looks at the quarantine of a pipeline. Reads only.</summary>
public static class QuarantineView
{
    /// <summary>The quarantine as the last committed epoch has it.</summary>
    public static async Task<QuarantineParts> OpenAsync(PipelineDefinition definition, CancellationToken cancellation)
    {
        var run = new PipelineRun(definition, new RunOptions(), TimeProvider.System, cancellation);
        var chain = await CommittedChain.ReadAsync(run, cancellation);
        if (chain.Links.FirstOrDefault(link => link.Manifest is null) is { } broken)
            throw new Core.Errors.DataMeshException($"The account of epoch {broken.Epoch} can not be read.", detail: broken.Fault, hint: "restore the file; 'datamesh ledger' says what else does not hold");
        return new QuarantineParts(FolderOf(run), chain.Manifests);
    }

    /// <summary>The folder of a pipeline's quarantine parts.</summary>
    public static string FolderOf(PipelineRun run) => run.Definition.Sinks[0].Sink.SideFolder(run.Context, "_quarantine");

    /// <summary>The records that are meant, by reason, stage and rule; the largest group first.</summary>
    public static IReadOnlyList<QuarantineGroup> Group(this QuarantineParts parts, QuarantineFilter filter)
    {
        var groups = new Dictionary<(string, string, string?, RecordState), (long Count, QuarantinedRecord First)>();
        foreach (var record in parts.Read(filter))
        {
            var key = (record.Reason, record.Stage, record.Rule, record.State);
            groups[key] = groups.TryGetValue(key, out var known) ? (known.Count + 1, known.First) : (1, record);
        }

        return [.. groups.Select(each => new QuarantineGroup(each.Key.Item1, each.Key.Item2, each.Key.Item3, each.Key.Item4, each.Value.Count, each.Value.First))
            .OrderByDescending(group => group.Records).ThenBy(group => group.Stage, StringComparer.Ordinal)];
    }
}
