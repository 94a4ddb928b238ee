using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Drift;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>Hands a task instance's data path the splits that the coordinator gives it; one that is read half stays open from epoch to epoch.</summary>
internal sealed class InstanceFeed(int instance, PipelineRun run, ITaskGroup group) : ISplitFeed, IAsyncDisposable
{
    private readonly Dictionary<(int Source, string Split), long> _from = [];
    private readonly Dictionary<(int Source, string Split), long> _continues = [];
    private BoundGraph _graph = null!;
    private IReadOnlyList<SourceRules> _rules = [];
    private OpenSplit? _current;
    private SplitGrant? _grant;
    private FinishedSplit? _finished;
    private int _attempt;

    /// <summary>The split that is open.</summary>
    public HeldPlace? Held => _current is { } split ? new HeldPlace(split.Source.Node, split.Split.Id, split.Position) : null;

    /// <summary>An attempt at an epoch begins where the one before ended.</summary>
    public void Begin(int attempt)
    {
        _attempt = attempt;
        _from.Clear();
        _continues.Clear();
        if (_current is not null) _from[(_current.Source.Node, _current.Split.Id)] = _current.Position;
    }

    /// <summary>Lets go of what is open, to begin with another graph.</summary>
    public async ValueTask DropAsync(BoundGraph graph, IReadOnlyList<SourceRules> rules)
    {
        await DisposeAsync();
        (_graph, _rules, _finished) = (graph, rules, null);
    }

    /// <summary>How far a split was read in this epoch.</summary>
    public SplitPosition PositionOf(OpenSplit split)
    {
        var key = (split.Source.Node, split.Split.Id);
        return new(split.Source.Id, split.Split.Id, split.Split.Identity, _from[key], split.Position) { Continues = _continues.GetValueOrDefault(key) };
    }

    /// <inheritdoc/>
    public async ValueTask<OpenSplit?> CurrentAsync(CancellationToken cancellation)
    {
        if (_current is { HasGoneBack: true })
        {
            var grant = _grant!;
            await DisposeAsync();
            _current = await OpenAsync(grant, cancellation);
        }

        if (_current is not null) return _current;
        var request = new SplitRequest(instance, _attempt, _finished);
        _finished = null;
        return await group.NextAsync(request, cancellation) is { } next ? _current = await OpenAsync(_grant = next, cancellation) : null;
    }

    /// <inheritdoc/>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        if (_current is not { } split) return;
        _finished = new FinishedSplit(split.Source.Node, split.Split.Id);
        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_current is not null) await _current.DisposeAsync();
        _current = null;
    }

    private async ValueTask<OpenSplit> OpenAsync(SplitGrant grant, CancellationToken cancellation)
    {
        var source = _graph.Sources[grant.Source];
        var rules = _rules[grant.Source];
        var plan = SplitTreatments.PlanWithoutLook(source.Plan, rules, run.Definition.Sources[grant.Source].EntersAt is not null);
        SplitTreatment? treatment = null;
        Func<string, bool>? loosens = null;
        SoughtColumns? sought = null;
        if (grant.Judged is var (view, changes))
        {
            plan = SplitTreatments.Plan(source.Plan, rules, view);
            treatment = SplitTreatments.Of(source.Plan, plan, rules, view, changes, run.Definition.Drift);
            loosens = view.IsFirst ? null : rules.Loosens;
            // Of a split that is read on, nobody knows any more what its beginning had.
            sought = grant.From <= grant.Split.Start ? SplitTreatments.Sought(plan, view) : null;
        }

        if (grant.Resumption is { } resumption)
        {
            _continues[(grant.Source, grant.Split.Id)] = resumption.After;
            if (resumption.SetAside is { } cutOff) treatment = (treatment ?? new SplitTreatment { Output = source.Plan.Output }) with { CutOff = cutOff };
        }

        var reader = await PoisonedReader.OpenAsync(source.Source, grant, plan, run.Context, cancellation);
        _from[(grant.Source, grant.Split.Id)] = grant.From;
        return new OpenSplit(source, grant.Split, reader, grant.From)
        {
            Treatment = treatment,
            Loosens = loosens,
            Sought = sought,
            IsAwaited = grant.IsAwaited,
            Order = grant.Order,
            Poisoned = grant.Poisoned,
            Before = grant.Before,
        };
    }
}
