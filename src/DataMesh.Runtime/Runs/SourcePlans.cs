using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.DataPlane.Flow;
using DataMesh.Runtime.Drift;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// The schema that each source is decoded with. Before a table's first commit it is a prediction that may widen; afterwards the types are pinned,
/// and only new columns join. The drift policy may leave columns out of it.
/// </summary>
public sealed class SourcePlans
{
    private readonly List<SourceRules> _sources = [];

    /// <summary>The plans for the decoders.</summary>
    public IReadOnlyList<DecodePlan> Plans => [.. _sources.Select(rules => rules.Plan)];

    /// <summary>The schemas by source.</summary>
    public IReadOnlyList<Schema> Schemas => [.. _sources.Select(rules => rules.Schema)];

    /// <summary>The rules by source.</summary>
    public IReadOnlyList<SourceRules> Sources => _sources;

    /// <summary>Measures splits against what is known.</summary>
    public DriftGate Gate { get; private set; } = null!;

    /// <summary>Looks at the splits that are to be read first, and joins what it sees with what earlier epochs pinned.</summary>
    public static async Task<SourcePlans> DescribeAsync(PipelineRun run, IReadOnlyList<PendingSplit> pending, CancellationToken cancellation)
    {
        var plans = new SourcePlans();
        var widening = run.IsCreating || run.Recovered.Position is null;
        for (var number = 0; number < run.Definition.Sources.Count; number++)
        {
            var node = run.Definition.Sources[number];
            var described = (await node.Source.DescribeAsync(run.Context, cancellation)).Schema;
            var rules = new SourceRules(run.Definition.Drift, widening, node.Source.DeclaredTypes);
            var pinned = run.Recovered.SourceSchemas.GetValueOrDefault(node.Id);
            if (pinned is not null) rules.Pin(pinned);
            var memory = SourceMemory.From(run.Recovered.Shapes.GetValueOrDefault(node.Id), pinned);
            if (memory.Shape is { } known)
            {
                rules.Foresee(known, false);
                rules.KeepNotNull(known);
            }

            var looks = 0;
            foreach (var split in pending.Where(each => each.Source == number).Take(Limits.SplitsForeseenMax))
            {
                cancellation.ThrowIfCancellationRequested();
                if (await node.Source.LookAsync(split.Split, run.Context, cancellation) is not { } look) continue;
                looks++;
                memory = Foresee(rules, memory, split.Split, look.Without(node.Source.DeclaredTypes), run);
            }

            if (looks == 0 && pinned is null) rules.Pin(described);
            plans._sources.Add(rules);
        }

        plans.Gate = new DriftGate(run, plans, cancellation);
        return plans;
    }

    /// <summary>Whether the widenings leave the types of all columns that hold values as they are.</summary>
    public bool OnlyAdds(IReadOnlyList<Widening> widenings) => widenings.All(widening =>
        widening.Because is not null || !_sources[widening.Source].Schema.TryGet(widening.Column, out var known) || known.Type.Kind == TypeKind.Null);

    /// <summary>Takes in what the epoch has to start again with; says what changed, for people.</summary>
    public async ValueTask<IReadOnlyList<string>> WidenAsync(IReadOnlyList<Widening> widenings)
    {
        var told = new List<string>();
        foreach (var widening in widenings)
        {
            var (isFirst, before) = Gate.At(widening);
            await Gate.NoteAsync(widening, _sources[widening.Source].Schema);
            if (_sources[widening.Source].Widen(widening, isFirst, before) is { } message) told.Add(message);
        }

        return told;
    }

    /// <summary>An epoch begins.</summary>
    public void Settle(PipelineRun run)
    {
        run.SettleRetyping();
        _sources.ForEach(rules => rules.Settle());
    }

    /// <summary>Takes columns back that became wider although targets exist: something in the pipeline does not fit their new types.</summary>
    public void GiveUpRewrites(string why, PipelineRun run)
    {
        run.GiveUpRetyping();
        for (var i = 0; i < _sources.Count; i++)
        {
            foreach (var column in _sources[i].GiveUpRewrites())
            {
                Gate.SetAside(i, column);
                run.Outcome.Tell($"Column '{column}' stays what it is, and values that do not fit are set aside: {why}");
            }
        }
    }

    private static SourceMemory Foresee(SourceRules rules, SourceMemory memory, Split split, SplitShape look, PipelineRun run)
    {
        var (before, changes, after) = memory.Next(split.Id, look, run.Definition.Drift);
        // Only what this split shows: a column that went stays in the plan.
        var shown = after.Shape! with { Columns = [.. after.Shape!.Columns.Where(each => look.Shape.Find(each.Name) is not null)] };
        rules.Foresee(shown, before is null);
        foreach (var change in changes.Where(each => each.Added.Count == 0 && each.Column is not null))
        {
            var loosens = change.Kind == DriftKind.TypeChanged ? rules.Loosens(change.Column!) : change.Kind == DriftKind.ShapeChanged && rules.LeavesOutObjects(change.Column!);
            if (loosens) rules.Loosen(change.Column!);
        }

        return after;
    }
}
