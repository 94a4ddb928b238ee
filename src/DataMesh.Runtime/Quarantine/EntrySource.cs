using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Runtime.Quarantine;

/// <summary>Gives quarantined rows to the stage that refused them. Its schema is the stage's input.</summary>
internal sealed class EntrySource(ReplayGroup group) : Source
{
    public override ValueTask<SourceDescription> DescribeAsync(ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(new SourceDescription(new Schema([]), new Dictionary<string, string>(), -1));

    public override async IAsyncEnumerable<Split> EnumerateAsync(ComponentContext context, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return new Split("quarantine/rows", "quarantine", 0, -1, group.Count, "");
    }

    public override ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult<SplitReader>(new KeptRowReader(group.Read(), plan));
}
