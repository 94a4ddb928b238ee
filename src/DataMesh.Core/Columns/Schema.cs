using System.Collections;
using System.Diagnostics.CodeAnalysis;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Columns;

/// <summary>An ordered list of fields whose names are unique ignoring case.</summary>
public sealed class Schema : IReadOnlyList<Field>, IEquatable<Schema>
{
    private readonly Field[] _fields;
    private readonly Dictionary<string, int> _index;

    /// <summary>Makes a schema. Throws <see cref="DataMeshException"/> on names that clash ignoring case, or on too many fields.</summary>
    public Schema(IEnumerable<Field> fields)
    {
        _fields = [.. fields];
        if (_fields.Length > Limits.ColumnsMax)
            throw new DataMeshException($"{_fields.Length} columns are more than the {Limits.ColumnsMax} allowed.", hint: "select the columns that are needed");
        _index = new Dictionary<string, int>(_fields.Length, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < _fields.Length; i++)
        {
            if (!_index.TryAdd(_fields[i].Name, i))
                throw new DataMeshException($"Two columns are named '{_fields[i].Name}' (names are compared ignoring case).", hint: "rename or drop one of them");
        }
    }

    /// <summary>A schema without fields.</summary>
    public static Schema Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _fields.Length;

    /// <inheritdoc/>
    public Field this[int index] => _fields[index];

    /// <summary>The position of a column by name (case ignored), or -1.</summary>
    public int IndexOf(string name) => _index.GetValueOrDefault(name, -1);

    /// <summary>Finds a field by name, case ignored.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Field? field)
    {
        var at = IndexOf(name);
        field = at < 0 ? null : _fields[at];
        return at >= 0;
    }

    /// <summary>The position of a column, or an error that names the nearest one.</summary>
    public int Require(string name, Location? location = null)
    {
        var at = IndexOf(name);
        if (at >= 0) return at;
        throw new DataMeshException($"There is no column '{name}' here.", location, hint: Nearest.Hint(name, [.. Names]));
    }

    /// <summary>The column names in order.</summary>
    public IEnumerable<string> Names => _fields.Select(each => each.Name);

    /// <summary>Same names, types and nullability in the same order.</summary>
    public bool Equals(Schema? other) => other is not null && _fields.AsSpan().SequenceEqual(other._fields);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Schema);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var field in _fields) hash.Add(field);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<Field> GetEnumerator() => ((IEnumerable<Field>)_fields).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _fields.GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _fields.Select(each => each.ToString()));
}
