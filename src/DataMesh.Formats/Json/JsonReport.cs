using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Json;

/// <summary>What a block showed that the plan did not foresee, gathered so that it is reported once.</summary>
internal sealed class JsonReport(DecodePlan plan)
{
    private const int NamesMax = 1000;
    private readonly Dictionary<string, DataType> _wider = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Unknown> _unknown = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the block's rows are of no use because the schema has to change first.</summary>
    public bool NeedsNewSchema => _wider.Count > 0 || (_unknown.Count > 0 && _unknown.Keys.Any(plan.TakesColumn));

    /// <summary>A value did not fit its column.</summary>
    public void Widen(JsonColumn column, in JsonToken token)
    {
        var joined = JsonTypes.Join(column.Type, token);
        _wider[column.Name] = _wider.TryGetValue(column.Name, out var before) ? TypeLattice.Join(before, joined) : joined;
    }

    /// <summary>A member has no column.</summary>
    public void Meet(string path, in JsonToken token, long position)
    {
        var type = JsonTypes.Of(token);
        if (type.Kind == TypeKind.Null) return;
        if (_unknown.TryGetValue(path, out var before))
            _unknown[path] = before with { Type = TypeLattice.Join(before.Type, type), Count = before.Count + 1 };
        else if (_unknown.Count < NamesMax)
            _unknown[path] = new Unknown(type, 1, position);
    }

    /// <summary>Tells the output and forgets.</summary>
    public void Flush(DecodeOutput output)
    {
        foreach (var (name, type) in _wider) output.Widen(name, type);
        foreach (var (name, seen) in _unknown)
        {
            if (plan.TakesColumn(name)) output.Widen(name, seen.Type);
            else output.UnknownColumn(name, seen.Type, seen.Count, seen.First);
        }

        _wider.Clear();
        _unknown.Clear();
    }

    private sealed record Unknown(DataType Type, long Count, long First);
}
