using DataMesh.Core.Columns;
using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;

namespace DataMesh.Runtime.Drift;

/// <summary>What was met since the last epoch was settled, each change once however often the epoch started again.</summary>
internal sealed class DriftLog
{
    private readonly List<DriftEntry> _entries = [];

    /// <summary>Adds what is not there yet.</summary>
    public void Add(DriftEntry entry)
    {
        if (!_entries.Exists(each => each.Key == entry.Key)) _entries.Add(entry);
    }

    /// <summary>
    /// Notes that a split turned out to lack a column, unless a split before it did. What the heads of later splits, or nulls in this one, showed of it is the
    /// same change.
    /// </summary>
    /// <returns>Whether it is new.</returns>
    public bool Miss(SplitView view, string column, DriftEntry? entry)
    {
        var known = _entries.Where(each => each.View.Source == view.Source && column.Equals(each.Change.Column, StringComparison.OrdinalIgnoreCase)).ToList();
        if (known.Exists(each => each.Change.Kind == DriftKind.ColumnRemoved && each.View.Order < view.Order)) return false;
        foreach (var each in known.Where(each => each.Change.Kind == DriftKind.ColumnRemoved && (entry is null || each.Change.Decision == entry.Change.Decision))) _entries.Remove(each);
        if (entry is null) _entries.RemoveAll(each => each.Change.Kind == DriftKind.NullabilityChanged && each.View.Split.Id == view.Split.Id && known.Contains(each));
        else _entries.Add(entry);
        return true;
    }

    /// <summary>Decides otherwise about what a column met.</summary>
    public void Decide(int source, string column, DriftAction before, DriftAction now)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            var (view, change) = (_entries[i].View, _entries[i].Change);
            if (view.Source == source && change.Decision == before && column.Equals(change.Column, StringComparison.OrdinalIgnoreCase)) _entries[i] = _entries[i] with { Change = change with { Decision = now } };
        }
    }

    /// <summary>
    /// Whether a change that a value shows is told already: by the head of its split (which then learns where the value stands), or by values before it.
    /// </summary>
    public bool Knows(DriftEntry entry)
    {
        foreach (var known in _entries.Where(each => each.View.Source == entry.View.Source && each.Change.Column == entry.Change.Column && each.Change.Kind == entry.Change.Kind))
        {
            if (known.Key == entry.Key || IsHeadOf(known, entry))
            {
                known.Position ??= entry.Position;
                known.Shown ??= entry.Shown;
                known.Found = TypeLattice.Join(known.Found, entry.Found);
                return true;
            }

            if (known.IsValue && known.View.Order <= entry.View.Order && Covers(known.Found, entry.Found)) return true;
        }

        return false;
    }

    /// <summary>
    /// Takes out what these splits showed, in their order, without changes of type that values had shown before the head of a split did; and the
    /// types that single values asked for, by source and column in capitals.
    /// </summary>
    public (IReadOnlyList<DriftEntry> Met, IReadOnlyDictionary<(int, string), DataType> Strays) Take(IReadOnlySet<(int, string)> opened)
    {
        var met = new List<DriftEntry>();
        var strays = new Dictionary<(int, string), DataType>();
        foreach (var entry in _entries.Where(each => opened.Contains((each.View.Source, each.View.Split.Id))).OrderBy(each => each.View.Order).ThenBy(each => each.IsValue).ThenBy(each => each.Position ?? each.From).ToList())
        {
            _entries.Remove(entry);
            var isType = entry.Change.Kind is DriftKind.TypeChanged || (entry.Change.Kind == DriftKind.ShapeChanged && entry.Change.Added.Count == 0);
            if (!isType)
            {
                met.Add(entry);
                continue;
            }

            var key = (entry.View.Source, entry.Change.Column!.ToUpperInvariant());
            var before = strays.GetValueOrDefault(key, DataType.Null);
            if (before.Kind != TypeKind.Null && Covers(before, entry.Found)) continue;
            if (entry.IsValue) strays[key] = TypeLattice.Join(before, entry.Found);
            met.Add(entry);
        }

        return (met, strays);
    }

    private static bool IsHeadOf(DriftEntry known, DriftEntry value) => !known.IsValue && value.IsValue && known.View.Split.Id == value.View.Split.Id;

    private static bool Covers(DataType known, DataType now) => TypeLattice.Join(known, now) == known;
}
