using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.Runtime.Quarantine;

/// <summary>Stands in for a source while its quarantined records are replayed: gives these, decoded by the source itself, and no files.</summary>
internal sealed class ReplaySource(SourceNode node, Schema? pinned, IReadOnlyList<(string Format, ReplayGroup Group)> groups) : Source
{
    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, DataType> DeclaredTypes => node.Source.DeclaredTypes;

    /// <summary>What the table's rows were decoded with; the files, where they are still there, may show new columns.</summary>
    public override async ValueTask<SourceDescription> DescribeAsync(ComponentContext context, CancellationToken cancellation)
    {
        try
        {
            return await node.Source.DescribeAsync(context, cancellation);
        }
        catch (DataMeshException) when (pinned is not null)
        {
            return new SourceDescription(pinned, new Dictionary<string, string>(), -1);
        }
    }

    public override async IAsyncEnumerable<Split> EnumerateAsync(ComponentContext context, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        for (var i = 0; i < groups.Count; i++) yield return new Split($"quarantine/{i}", "quarantine", 0, -1, groups[i].Group.Count, "");
    }

    public override ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation)
    {
        var (format, group) = groups[int.Parse(split.Id.AsSpan("quarantine/".Length), null)];
        var records = group.Read().Select(record => new KeptRecord(record.Record, new RecordPlace(record.Source, record.Position ?? -1, record.Line)));
        return ValueTask.FromResult(node.Source.OpenRecords(node.Id, format, records, plan) ?? throw new InvalidOperationException("The source no longer decodes records."));
    }
}
