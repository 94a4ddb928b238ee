using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.Runtime.Drift;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>What a commit group reads with: the schemas of the sources, what drift has done to them, and the pipeline bound to that.</summary>
internal sealed class GroupPlan
{
    /// <summary>Restarts with wider types before the whole epoch is scanned for every widening at once.</summary>
    private const int EagerRestartsMax = 2;

    private readonly PipelineRun _run;
    private readonly SourcePlans _sources;
    private int _restarts;

    private GroupPlan(PipelineRun run, SourcePlans sources) => (_run, _sources) = (run, sources);

    /// <summary>Counts up whenever instances must begin anew.</summary>
    public int Number { get; private set; }

    /// <summary>The pipeline bound to the schemas.</summary>
    public BoundGraph Graph { get; private set; } = null!;

    /// <summary>Measures splits against what is known.</summary>
    public DriftGate Gate => _sources.Gate;

    /// <summary>The schemas by source.</summary>
    public IReadOnlyList<Schema> Schemas => _sources.Schemas;

    /// <summary>Whether an epoch may end before its input does.</summary>
    public bool MayEndAnywhere => Graph.MayEndAnywhere && !_run.Replaces;

    /// <summary>Whether an epoch ends when it is due. One after which nothing may widen, although rows to come may ask for it, ends with the input.</summary>
    public bool EndsEarly => !_run.Options.DryRun && _run.Settlement is null && MayEndAnywhere && (_run.IsCreating || _run.Recovered.Position is not null);

    /// <summary>Looks at the sources.</summary>
    public static async Task<GroupPlan> PrepareAsync(PipelineRun run, IReadOnlyList<PendingSplit> pending, CancellationToken cancellation)
    {
        foreach (var node in run.Definition.Stages) await node.Stage.PrepareAsync(run.Context, cancellation);
        var plan = new GroupPlan(run, await SourcePlans.DescribeAsync(run, pending, cancellation));
        plan.Bind();
        return plan;
    }

    /// <summary>How an instance is to read an epoch.</summary>
    public PartOrder ToOrder(int attempt, long epoch, int tasks) => new(attempt, Number, epoch, [.. _sources.Sources.Select(rules => rules.ToFacts())], RunPreview.FixedSchemas(_run))
    {
        Tasks = tasks,
        Replaces = _run.ReplacesNext,
        Retyped = [.. _run.Definition.Sinks.Select((_, i) => _run.RetypedOf(i))],
        MayBeRefused = IsRewriting,
        MayEndAnywhere = MayEndAnywhere,
        EndsEarly = EndsEarly,
        ScansForWidenings = _restarts >= EagerRestartsMax,
        KeepsState = _run.KeepsState,
        States = _run.States,
    };

    /// <summary>
    /// Takes in what the epoch has to start again with. True when rows that the creating run has committed would be others with the types that are known now:
    /// the run must start over.
    /// </summary>
    public async Task<bool> WidenAsync(IReadOnlyList<Widening> widenings)
    {
        _restarts++;
        var hasCommitted = _run.LastManifest is not null && !_run.StartsOver;
        var (before, onlyAdds) = (Graph, _sources.OnlyAdds(widenings));
        foreach (var told in await _sources.WidenAsync(widenings)) _run.Outcome.Tell(told);
        Retype();
        if (hasCommitted && _run.IsCreating && !(onlyAdds && KeepsTypes(before, Graph) && KeepsColumns(before, Graph))) return true;
        Gate.Rewind();
        return false;
    }

    /// <summary>Takes in which columns splits turned out not to have. True when the epoch begins again to set their records aside.</summary>
    public async ValueTask<bool> MissAsync(IReadOnlyList<PartReport> parts)
    {
        var missing = new List<MissingColumns>();
        foreach (var part in parts) missing.AddRange(part.Missing);
        if (missing.Count == 0 || !await Gate.MissAsync(missing)) return false;
        Bind();
        Gate.Rewind();
        return true;
    }

    /// <summary>An epoch begins.</summary>
    public void BeginEpoch()
    {
        Gate.BeginEpoch();
        _sources.Settle(_run);
    }

    /// <summary>Takes back what became wider although targets exist.</summary>
    public void GiveUpRewrites(string why)
    {
        _sources.GiveUpRewrites(why, _run);
        Bind();
        Gate.Rewind();
    }

    private bool IsRewriting => _sources.Sources.Any(rules => rules.Narrow.Count > 0);

    /// <summary>Binds to the wider types, and to targets that become wider with them. Where a stage does not fit them, such columns stay what they are.</summary>
    private void Retype()
    {
        try
        {
            Retyping.Apply(_run, _sources);
            Bind();
        }
        catch (DataMeshException error) when (IsRewriting)
        {
            _sources.GiveUpRewrites(error.Message, _run);
            Bind();
        }
    }

    /// <summary>Everything is read from its beginning.</summary>
    public void StartOver()
    {
        _restarts = 0;
        Gate.StartOver();
        Bind();
    }

    private void Bind()
    {
        Graph = GraphBinder.Bind(RunPreview.Complete(_run), _sources.Plans, _run.Context);
        Number++;
        foreach (var node in Graph.Keepers.Where(node => _run.LastManifest is not null && !_run.ReplacesNext && _run.States.All(state => state.Stage != node.Id)))
            _run.Outcome.Tell($"The stage '{node.Id}' begins with nothing: it knows no row committed before (--rebuild reads everything again).");
    }

    /// <summary>Whether every column that both graphs have, anywhere, is what it was: rows of earlier epochs are then what they would be now.</summary>
    private static bool KeepsTypes(BoundGraph before, BoundGraph after) => before.Stages.Zip(after.Stages).All(pair =>
        pair.First.Bound.OutputSchemas.Zip(pair.Second.Bound.OutputSchemas).All(schemas => schemas.First.All(
            field => field.Type.Kind == TypeKind.Null || !schemas.Second.TryGet(field.Name, out var now) || now.Type == field.Type)));

    /// <summary>Whether every sink gets the columns that it got before, or takes more.</summary>
    private static bool KeepsColumns(BoundGraph before, BoundGraph after) => before.Sinks.Zip(after.Sinks).All(pair =>
        pair.Second.Sink.TakesNewColumns || pair.First.Schema.Names.SequenceEqual(pair.Second.Schema.Names));
}
