using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Flow;

namespace DataMesh.Runtime.Runs;

/// <summary>How one source is decoded: the schema that the pipeline is bound to, and the columns at which the drift policy judges rows.</summary>
public sealed class SourceRules(DriftPolicy policy, bool widening, IReadOnlyDictionary<string, DataType> declared)
{
    private readonly List<Field> _fields = [];
    private readonly Dictionary<string, Field> _guards = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _notNull = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _loose = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _fixed = new(StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, DataType> _narrow = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The schema that the pipeline is bound to.</summary>
    public Schema Schema => new(_fields);

    /// <summary>Columns that became wider since the last commit although targets exist, with the types that they had.</summary>
    public IReadOnlyDictionary<string, DataType> Narrow => _narrow;

    /// <summary>What the graph was bound to before these did.</summary>
    public DecodePlan PlanBefore => new(new Schema(_fields.Select(each => _narrow.TryGetValue(each.Name, out var type) ? each with { Type = type } : each)), widening);

    /// <summary>Whether there are columns that may become wider although targets exist.</summary>
    public bool Rewrites => _fields.Exists(each => MayRewrite(each.Name));

    /// <summary>What the graph is bound to.</summary>
    public DecodePlan Plan => new(Schema, widening);

    /// <summary>Columns that are decoded although the pipeline does not know them: records with a value in one are set aside.</summary>
    public IReadOnlyCollection<Field> Guards => _guards.Values;

    /// <summary>Columns of which records without a value are set aside.</summary>
    public IReadOnlySet<string> NotNull => _notNull;

    /// <summary>Columns decoded as text.</summary>
    public IReadOnlySet<string> Loose => _loose;

    /// <summary>Everything that the rules have become, to be sent to where splits are read.</summary>
    public SourceFacts ToFacts() => new(Schema, widening, new Schema(_guards.Values), [.. _notNull], [.. _loose], [.. _fixed]);

    /// <summary>The same rules elsewhere.</summary>
    public static SourceRules From(SourceFacts facts, DriftPolicy policy, IReadOnlyDictionary<string, DataType> declared)
    {
        var rules = new SourceRules(policy, facts.Widening, declared);
        rules._fields.AddRange(facts.Schema);
        foreach (var guard in facts.Guards) rules._guards.Add(guard.Name, guard);
        rules._notNull.UnionWith(facts.NotNull);
        rules._loose.UnionWith(facts.Loose);
        rules._fixed.UnionWith(facts.Fixed);
        return rules;
    }

    /// <summary>Takes a schema as it is.</summary>
    public void Pin(Schema schema)
    {
        _fields.AddRange(schema.Select(field => declared.TryGetValue(field.Name, out var type) ? field with { Type = type } : field));
    }

    /// <summary>Takes a shape in, as far as the policy lets it; columns of the first one are all taken.</summary>
    public void Foresee(SourceShape shape, bool isFirst)
    {
        foreach (var seen in shape.Columns)
        {
            var column = declared.TryGetValue(seen.Name, out var type) ? seen with { Type = type } : seen;
            if (column.IsLoose) Loosen(column.Name);
            var at = IndexOf(column.Name);
            if (at < 0) Add(column);
            else if (_fields[at].Type.Kind == TypeKind.Null) _fields[at] = _fields[at] with { Type = column.Type };
            else if (widening && !declared.ContainsKey(column.Name) && (isFirst || MayWiden(column.Name, column.Type))) Join(at, column.Type);
        }
    }

    /// <summary>Columns that were taken in and had no null so far have none from here on, where the policy says so.</summary>
    public void KeepNotNull(SourceShape shape)
    {
        foreach (var column in shape.Columns)
            if (!column.HasNulls && IndexOf(column.Name) >= 0 && policy.ActionOn(DriftKind.NullabilityChanged, column.Name) == DriftAction.Quarantine) _notNull.Add(column.Name);
    }

    /// <summary>Takes in what an epoch has to start again with; says what changed, for people, or null when nothing did.</summary>
    public string? Widen(Widening widening, bool isFirst, SourceShape? before)
    {
        if (widening.Because == FindingKind.Null) return _notNull.Add(widening.Column) ? $"Column '{widening.Column}' has its first nulls in {widening.Where}: starting again to set them aside." : null;
        if (widening.Because == FindingKind.Misfit) return Loosen(widening.Column) ? $"Column '{widening.Column}' has values of another type in {widening.Where}: starting again to take them as text." : null;
        var at = IndexOf(widening.Column);
        if (at < 0)
        {
            if (isFirst || before is null) _fields.Add(new Field(widening.Column, widening.Type));
            else Add(before.Find(widening.Column) ?? DriftDetector.Came(widening.Column, widening.Type, before));
            return $"New column '{widening.Column}' ({widening.Type}) first seen in {widening.Where}: starting again with it.";
        }

        if (!(isFirst && (IsFree || _fields[at].Type.Kind == TypeKind.Null)) && !MayWiden(widening.Column, widening.Type))
        {
            return _fixed.Add(widening.Column) ? $"Column '{widening.Column}' has values of another type in {widening.Where}: starting again to set them aside." : null;
        }

        var was = _fields[at].Type;
        if (!IsFree && was.Kind != TypeKind.Null) _narrow.TryAdd(_fields[at].Name, was);
        return Join(at, widening.Type) ? $"Column '{_fields[at].Name}' is {_fields[at].Type}, not {was}, as {widening.Where} shows: starting again with it." : null;
    }

    /// <summary>Whether a column that the plan does not know calls for another plan. All columns of the first split do.</summary>
    public bool Takes(string column, bool isFirst, SourceShape? before, SourceShape? now)
    {
        if (isFirst || IndexOf(column) >= 0) return true;
        var known = now?.Find(column) ?? (before is null ? new ShapeColumn(column, DataType.Null) { Came = DriftKind.ColumnAdded } : DriftDetector.Came(column, DataType.Null, before));
        return DriftDetector.ActionOnNew(known, policy) is DriftAction.Evolve or DriftAction.Quarantine;
    }

    /// <summary>Whether a value that does not fit a column asks for the column to be read as text.</summary>
    public bool Loosens(string column) =>
        policy.ActionOn(DriftKind.TypeChanged, column) is DriftAction.Ignore or DriftAction.NewColumn && CanLoosen(column) && !_loose.Contains(column);

    /// <summary>Whether values of a column can be told from others. Every text is a string.</summary>
    public bool CanLoosen(string column) => IndexOf(column) is var at and >= 0 && CanLoosen(_fields[at].Type);

    /// <summary>Whether values of a type can be told from others.</summary>
    public static bool CanLoosen(DataType type) => type.Kind is not (TypeKind.Null or TypeKind.String or TypeKind.Json);

    /// <summary>Whether objects and arrays are left out of a column of plain values. Only where other misfits are too: read as text, the two are one.</summary>
    public bool LeavesOutObjects(string column) => CanLoosen(column) && IgnoresAnyType(policy, column);

    /// <summary>Whether the policy leaves out whatever does not fit a column.</summary>
    public static bool IgnoresAnyType(DriftPolicy policy, string column) =>
        policy.ActionOn(DriftKind.ShapeChanged, column) == DriftAction.Ignore && policy.ActionOn(DriftKind.TypeChanged, column) == DriftAction.Ignore;

    /// <summary>Columns of a split after the first one whose types stay although others widen.</summary>
    public IReadOnlySet<string> Fixed(bool isFirst)
    {
        var names = new HashSet<string>(_loose, StringComparer.OrdinalIgnoreCase);
        if (!IsFree) names.UnionWith(_fields.Where(field => !MayRewrite(field.Name)).Select(field => field.Name));
        if (isFirst) return names;
        names.UnionWith(_fixed);
        names.UnionWith(_fields.Where(field => policy.ActionOn(DriftKind.TypeChanged, field.Name) is not (DriftAction.Evolve or DriftAction.Rewrite)).Select(field => field.Name));
        return names;
    }

    /// <summary>Whether a column's type may widen although targets exist, which are written again then.</summary>
    public bool MayRewrite(string column) =>
        !IsFree && policy.ActionOn(DriftKind.TypeChanged, column) == DriftAction.Rewrite && !_fixed.Contains(column) && !declared.ContainsKey(column);

    /// <summary>An epoch begins: what became wider is committed.</summary>
    public void Settle() => _narrow.Clear();

    /// <summary>Columns that became wider are what they were, and stay so; the result names them.</summary>
    public IReadOnlyList<string> GiveUpRewrites()
    {
        var names = _narrow.Keys.ToList();
        foreach (var (name, type) in _narrow) _fields[IndexOf(name)] = _fields[IndexOf(name)] with { Type = type };
        _fixed.UnionWith(names);
        _narrow.Clear();
        return names;
    }

    /// <summary>Reads a column as text; values that do not fit go into a column of their own when the policy says so.</summary>
    public bool Loosen(string column)
    {
        if (!CanLoosen(column) || !_loose.Add(column)) return false;
        var overflow = OverflowOf(column);
        if (policy.ActionOn(DriftKind.TypeChanged, column) == DriftAction.NewColumn && IndexOf(overflow) < 0) _fields.Add(new Field(overflow, DataType.String));
        return true;
    }

    /// <summary>Where the values go that do not fit.</summary>
    public static string OverflowOf(string column) => column + "__string";

    private bool MayWiden(string column, DataType type)
    {
        var at = IndexOf(column);
        if (at < 0) return true;
        var kind = DriftDetector.KindOf(_fields[at].Type, type);
        if (!IsFree && _fields[at].Type.Kind != TypeKind.Null) return kind == DriftKind.TypeChanged && MayRewrite(column);
        return policy.ActionOn(kind, column) is DriftAction.Evolve or DriftAction.Rewrite;
    }

    /// <summary>Whether no target pins the types.</summary>
    private bool IsFree => widening;

    private void Add(ShapeColumn column)
    {
        var action = DriftDetector.ActionOnNew(column, policy);
        if (action == DriftAction.Evolve) _fields.Add(new Field(column.Name, column.Type));
        else if (action == DriftAction.Quarantine) _guards.TryAdd(column.Name, new Field(column.Name, column.Type));
    }

    private bool Join(int at, DataType type)
    {
        var wider = TypeLattice.Join(_fields[at].Type, type);
        if (wider == _fields[at].Type) return false;
        _fields[at] = _fields[at] with { Type = wider };
        return true;
    }

    private int IndexOf(string column) => _fields.FindIndex(each => each.Name.Equals(column, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What <see cref="SourceRules"/> have become.</summary>
/// <param name="Schema">The schema that the pipeline is bound to.</param>
/// <param name="Widening">Whether types still widen.</param>
/// <param name="Guards">Columns that are decoded only to judge records by them.</param>
/// <param name="NotNull">Columns of which records without a value are set aside.</param>
/// <param name="Loose">Columns decoded as text.</param>
/// <param name="Fixed">Columns whose type stays in all splits but the first.</param>
public sealed record SourceFacts(
    Schema Schema, bool Widening, Schema Guards, IReadOnlyList<string> NotNull, IReadOnlyList<string> Loose, IReadOnlyList<string> Fixed);
