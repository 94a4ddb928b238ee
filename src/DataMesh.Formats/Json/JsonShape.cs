using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Json;

/// <summary>Maps dotted paths to the columns of a plan.</summary>
internal sealed class JsonShape
{
    private readonly Schema _schema;
    private readonly JsonColumn?[] _columnOf;
    private readonly HashSet<string> _prefixes = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _neededPrefixes = new(StringComparer.OrdinalIgnoreCase);

    public JsonShape(DecodePlan plan, IReadOnlyDictionary<string, DataType> declared)
    {
        _schema = plan.Schema;
        _columnOf = new JsonColumn?[_schema.Count];
        Columns = new JsonColumn[plan.Output.Count];
        for (var i = 0; i < Columns.Length; i++)
        {
            var field = plan.Output[i];
            Columns[i] = new JsonColumn(i, field, declared.ContainsKey(field.Name), plan.Widening && !plan.IsFixed(field.Name));
            _columnOf[plan.Columns is null ? i : plan.Columns[i]] = Columns[i];
        }

        for (var i = 0; i < _schema.Count; i++)
        {
            AddPrefixes(_schema[i].Name, _prefixes);
            if (_columnOf[i] is not null) AddPrefixes(_schema[i].Name, _neededPrefixes);
        }

        Root = new JsonNode(this, "", 1);
    }

    /// <summary>The columns to decode, in batch order.</summary>
    public JsonColumn[] Columns { get; }

    /// <summary>The records themselves.</summary>
    public JsonNode Root { get; }

    /// <summary>The column at a path, and whether the schema has it at all.</summary>
    public (JsonColumn? Column, bool IsKnown) Column(string path)
    {
        var at = _schema.IndexOf(path);
        return at < 0 ? (null, false) : (_columnOf[at], true);
    }

    /// <summary>Whether columns lie below a path.</summary>
    public bool HasNested(string path) => _prefixes.Contains(path);

    /// <summary>Whether columns that are decoded lie below a path.</summary>
    public bool NeedsNested(string path) => _neededPrefixes.Contains(path);

    /// <summary>Forgets which values of some rows were null; bit i of <paramref name="rows"/> stands for row <paramref name="first"/> + i.</summary>
    public void ForgetNulls(int first, ulong rows)
    {
        foreach (var column in Columns) column.ForgetNulls(first, rows);
    }

    /// <summary>Takes back what an attempt wrote into a row.</summary>
    public void Reset(int row)
    {
        foreach (var column in Columns) column.Reset(row);
    }

    private static void AddPrefixes(string name, HashSet<string> prefixes)
    {
        for (var dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1)) prefixes.Add(name[..dot]);
    }
}
