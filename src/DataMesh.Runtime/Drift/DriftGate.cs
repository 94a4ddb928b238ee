using DataMesh.Core.Columns;
using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Flow;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Drift;

/// <summary>
/// Stands between splits and data path: measures every split against the shape that its source had, when it is opened and while its rows pass,
/// and decides by the policy what happens to the rows. What an epoch met becomes its drift events.
/// </summary>
public sealed class DriftGate
{
    private readonly PipelineRun _run;
    private readonly SourcePlans _plans;
    private readonly CancellationToken _cancellation;
    private readonly Lock _lock = new();
    private readonly SourceMemory[] _memories;
    private readonly SourceMemory[] _atEpochStart;
    private readonly Dictionary<(int, string), SplitView> _views = [];
    private readonly HashSet<(int, string)> _opened = [];
    private readonly Dictionary<(int, string), IReadOnlyList<string>> _absent = [];
    private readonly List<DriftEntry> _missed = [];
    private readonly List<DriftEvent> _carried = [];
    private readonly DriftLog _log = new();
    private readonly ToldChanges _told;
    private readonly HashSet<(int Source, string Column)> _nulls = [];

    /// <summary>A gate that goes on from what recovery found.</summary>
    public DriftGate(PipelineRun run, SourcePlans plans, CancellationToken cancellation)
    {
        (_run, _plans, _cancellation) = (run, plans, cancellation);
        _memories = [.. run.Definition.Sources.Select(node =>
            SourceMemory.From(run.Recovered.Shapes.GetValueOrDefault(node.Id), run.Recovered.SourceSchemas.GetValueOrDefault(node.Id)))];
        _atEpochStart = [.. _memories];
        _told = ToldChanges.From(run);
    }

    /// <summary>Begins an epoch here.</summary>
    public void BeginEpoch() => _memories.CopyTo(_atEpochStart, 0);

    /// <summary>Goes back to the beginning of the epoch. What was met stays known: a change that made the epoch start again is not met twice.</summary>
    public void Rewind()
    {
        _atEpochStart.CopyTo(_memories, 0);
        _nulls.Clear();
        _opened.Clear();
    }

    /// <summary>
    /// Goes back to the beginning of the sources. What the epochs met whose rows are replaced is met again, and what single values showed then is carried
    /// over: with the wider types that they asked for, they would no longer be noticed.
    /// </summary>
    public void StartOver()
    {
        Array.Fill(_memories, SourceMemory.Nothing);
        BeginEpoch();
        Rewind();
        _views.Clear();
        _absent.Clear();
        _told.Clear();
        _carried.AddRange(_run.Account.Chain(_run.LastManifest).SelectMany(manifest => manifest.Drift));
    }

    /// <summary>
    /// Looks at a split before it is handed out; null when there is nothing to see. Splits come one at a time, in their order. Throws when the policy stops the run.
    /// </summary>
    /// <param name="pending">The split.</param>
    /// <param name="order">Its place among the splits of the run.</param>
    /// <param name="isOpen">Whether another split of the source is being read; null where only one is read at a time.</param>
    internal async ValueTask<JudgedSplit?> OpenAsync(PendingSplit pending, int order, Func<string, bool>? isOpen)
    {
        var (number, split, from) = pending;
        var (source, rules) = (_run.Definition.Sources[number].Source, _plans.Sources[number]);
        if (await source.LookAsync(split, _run.Context, _cancellation) is not { } look) return null;
        look = look.Without(source.DeclaredTypes) with { Absent = _absent.GetValueOrDefault((number, split.Id), []) };
        var (before, changes, after) = _memories[number].Next(split.Id, look, _run.Definition.Drift, isOpen);
        // A split that is read on was measured when it was opened first, even if others came in between.
        var isNew = !_memories[number].Knows(split.Id) && from <= split.Start;
        if (isNew) _memories[number] = after;
        var view = new SplitView(number, order, split, look, before, after.ShapeAt(split.Id, look, before, changes)) { IsFirst = before is null };
        var plan = rules.Plan;
        changes = [.. changes.Select(change => DriftDecisions.Decide(change, plan, rules, view))];
        var entries = isNew ? changes.Select(change => ToEntry(view, change)).ToList() : [];
        if (entries.Find(entry => entry.Change.Decision == DriftAction.Fail) is { } refused) throw DriftRefusal.Of(await ToEventAsync(refused));
        lock (_lock)
        {
            _views[(number, split.Id)] = view;
            _opened.Add((number, split.Id));
            foreach (var entry in entries) _log.Add(entry);
        }

        return new JudgedSplit(view, changes);
    }

    /// <summary>Changes of these columns' type were to widen the table, and now set records aside.</summary>
    internal void SetAside(int source, string column) => _log.Decide(source, column, DriftAction.Rewrite, DriftAction.Quarantine);

    /// <summary>
    /// Takes in what rows showed, in the order of the rows of each split. Returns what the epoch has to start again with, or null to go on; throws to stop the run.
    /// </summary>
    public async ValueTask<Widening?> MeetAsync(Finding finding)
    {
        DriftEntry? entry;
        lock (_lock)
        {
            if (!_views.TryGetValue((finding.Split.Source, finding.Split.Id), out var view)) return null;
            if (finding.Kind == FindingKind.Null && !_nulls.Add((view.Source, finding.Column.ToUpperInvariant()))) return null;
            entry = DriftDecisions.Judge(finding, view, _run.Definition.Drift, _run.Clock.GetUtcNow());
            if (entry is null || _log.Knows(entry)) return null;
            if (!IsTold(entry)) _log.Add(entry);
        }

        if (entry.Change.Decision == DriftAction.Fail) throw DriftRefusal.Of(await ToEventAsync(entry));
        if (entry.Change is not { Kind: DriftKind.NullabilityChanged, Decision: DriftAction.Quarantine }) return null;
        if (_plans.Sources[entry.View.Source].NotNull.Contains(finding.Column)) return null;
        return new Widening(entry.View.Source, finding.Column, finding.Found, finding.Split.Name) { At = new BlockPlace(finding.Split.Id, finding.BlockAt), Because = FindingKind.Null };
    }

    /// <summary>Whether a widening came from the split that set the first shape, and what its split is measured against.</summary>
    internal (bool IsFirst, SourceShape? Before) At(Widening widening) =>
        View(widening) is { } view ? (view.IsFirst, view.Now) : (true, null);

    /// <summary>Notes the change behind a widening. <paramref name="schema"/> is what the epoch was read with.</summary>
    internal async ValueTask NoteAsync(Widening widening, Schema schema)
    {
        if (View(widening) is not { IsFirst: false } view) return;
        var entry = DriftDecisions.Judge(widening, view, schema, _plans.Sources[view.Source], _run.Definition.Drift, _run.Clock.GetUtcNow());
        if (entry is null || _log.Knows(entry)) return;
        if (!IsTold(entry)) _log.Add(entry);
        if (entry.Change.Decision == DriftAction.Fail) throw DriftRefusal.Of(await ToEventAsync(entry));
    }

    /// <summary>The events of the epoch that ends here, and the shapes after it.</summary>
    /// <param name="isOpen">Whether a split of a source is read half.</param>
    internal async ValueTask<(IReadOnlyList<DriftEvent> Events, IReadOnlyDictionary<string, StoredShape> Shapes)> ConcludeAsync(Func<int, string, bool> isOpen)
    {
        var (met, strays) = _log.Take(_opened);
        var events = new List<DriftEvent>();
        foreach (var entry in met) events.Add(await ToEventAsync(entry));
        events.AddRange(TakeCarried(events));
        var shapes = new Dictionary<string, StoredShape>();
        for (var i = 0; i < _memories.Length; i++)
        {
            var source = i;
            _memories[i] = WithNotes(i, _memories[i], met, strays).Keep(split => isOpen(source, split));
            if (_memories[i].ToStored() is { } stored) shapes[_run.Definition.Sources[i].Id] = stored;
        }

        _nulls.Clear();
        _missed.Clear();
        if (events.Count == 0 && _told.IsEmpty) return (events, shapes);
        var half = _views.Where(each => isOpen(each.Key.Item1, each.Key.Item2)).Select(each => (_run.Definition.Sources[each.Key.Item1].Id, each.Value.Split.Name)).ToHashSet();
        _told.Conclude(events, told => half.Contains((told.Source, told.Split)));
        return (events, shapes);
    }

    /// <summary>
    /// Takes in which columns splits turned out not to have, once all of them was read. True when their records are to be set aside, and the epoch, which
    /// holds them all, has to begin again. What began in an earlier epoch is told; its rows are committed.
    /// </summary>
    internal async ValueTask<bool> MissAsync(IReadOnlyList<Groups.MissingColumns> missing)
    {
        var policy = _run.Definition.Drift;
        var isSetAside = false;
        foreach (var split in missing.Where(split => split.IsWhole && split.Columns.Any(column => policy.ActionOn(DriftKind.ColumnRemoved, column) == DriftAction.Quarantine)))
        {
            _absent[(split.Source, split.Split)] = split.Columns;
            foreach (var column in split.Columns) _log.Miss(_views[(split.Source, split.Split)], column, null);
            isSetAside = true;
        }

        if (isSetAside) return true;
        foreach (var split in missing.OrderBy(split => _views[(split.Source, split.Split)].Order))
            foreach (var column in split.Columns) await MissAsync(_views[(split.Source, split.Split)], column, policy.ActionOn(DriftKind.ColumnRemoved, column));
        return false;
    }

    private async ValueTask MissAsync(SplitView view, string column, DriftAction action)
    {
        // A split before this one, which ended in an earlier epoch, lacked it too.
        if (_atEpochStart[view.Source].Shape?.Find(column) is { IsGone: true }) return;
        var change = new DriftChange(DriftKind.ColumnRemoved, column, view.Before!.Find(column)!.Type.ToString(), null, action == DriftAction.Quarantine ? DriftAction.Ignore : action);
        var entry = ToEntry(view, change);
        if (action == DriftAction.Fail) throw DriftRefusal.Of(await ToEventAsync(entry));
        if (_log.Miss(view, column, entry)) _missed.Add(entry);
    }

    private bool IsTold(DriftEntry entry) => _told.Knows(_run.Definition.Sources[entry.View.Source].Id, entry);

    /// <summary>Events of replaced epochs about splits that this one read, as far as it did not meet them again.</summary>
    private List<DriftEvent> TakeCarried(List<DriftEvent> met)
    {
        var read = _opened.Select(each => (_run.Definition.Sources[each.Item1].Id, _views[each].Split.Name)).ToHashSet();
        var carried = _carried.Where(each => read.Contains((each.Source, each.Split))).ToList();
        _carried.RemoveAll(carried.Contains);
        return [.. carried.Where(each => !met.Exists(known => known.Kind == each.Kind && known.Column == each.Column && known.Source == each.Source && known.Split == each.Split))];
    }

    private SplitView? View(Widening widening) => widening.At is { } at ? _views.GetValueOrDefault((widening.Source, at.Split)) : null;

    /// <summary>What rows showed becomes part of the shape, so that it is told once.</summary>
    private SourceMemory WithNotes(int source, SourceMemory memory, IReadOnlyList<DriftEntry> met, IReadOnlyDictionary<(int, string), DataType> strays)
    {
        if (memory.Shape is not { } shape) return memory;
        var rules = _plans.Sources[source];
        var columns = shape.Columns.Select(column => column with
        {
            HasNulls = column.HasNulls || (_nulls.Contains((source, column.Name.ToUpperInvariant())) && !rules.NotNull.Contains(column.Name)),
            NullsAreSetAside = column.NullsAreSetAside || (_nulls.Contains((source, column.Name.ToUpperInvariant())) && rules.NotNull.Contains(column.Name)),
            Strays = strays.TryGetValue((source, column.Name.ToUpperInvariant()), out var type) ? TypeLattice.Join(column.Strays, type) : column.Strays,
            IsLoose = column.IsLoose || rules.Loose.Contains(column.Name),
        }).ToList();
        foreach (var entry in _missed.Where(each => each.View.Source == source && !IsShownAfter(each)))
        {
            var at = columns.FindIndex(each => each.Name.Equals(entry.Change.Column, StringComparison.OrdinalIgnoreCase));
            if (at >= 0) columns[at] = columns[at] with { IsGone = true };
        }

        foreach (var entry in met.Where(each => each.View.Source == source && each.IsValue && each.Sought == FindingKind.Unknown))
        {
            if (entry.View.Split.Id != memory.LastSplit || columns.Exists(each => each.Name.Equals(entry.SoughtColumn, StringComparison.OrdinalIgnoreCase))) continue;
            columns.Add(DriftDetector.Came(entry.SoughtColumn, entry.Found, entry.View.Now));
        }

        return memory with { Shape = shape with { Columns = columns } };
    }

    /// <summary>Whether a split behind the one that lacked a column had it again.</summary>
    private bool IsShownAfter(DriftEntry missed) => _opened.Any(key =>
        key.Item1 == missed.View.Source && _views[key] is var view && view.Order > missed.View.Order && view.Look.Shape.Find(missed.Change.Column!) is not null);

    private DriftEntry ToEntry(SplitView view, DriftChange change) => new(view, false, change, _run.Clock.GetUtcNow())
    {
        Expected = change.Column is null ? DataType.Null : view.Before!.Find(change.Column)?.Type ?? DataType.Null,
        Found = change.Column is null ? DataType.Null : view.Look.Shape.Find(change.Column)?.Type ?? DataType.Null,
        Sought = change.Kind switch
        {
            DriftKind.TypeChanged => FindingKind.Misfit,
            DriftKind.ShapeChanged when change.Added.Count == 0 => FindingKind.Misfit,
            DriftKind.ColumnAdded or DriftKind.ColumnRenamed or DriftKind.ShapeChanged when view.Look.HeaderAt < 0 => FindingKind.Unknown,
            _ => null,
        },
        From = view.Split.Start,
    };

    private ValueTask<DriftEvent> ToEventAsync(DriftEntry entry)
    {
        var node = _run.Definition.Sources[entry.View.Source];
        return DriftLocator.ToEventAsync(entry, new PipelineRunSource(node.Id, node.Source, _run.Context), _cancellation);
    }
}

/// <summary>A split as the gate sees it, with what it decided about the changes.</summary>
public sealed record JudgedSplit(SplitView View, IReadOnlyList<DriftChange> Changes);
