namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>
/// Collects the members of one object that are not taken out of it, as an object of the same nesting. Enclosing objects are opened when there is something
/// to put into them.
/// </summary>
internal sealed class JsonRest
{
    private readonly List<byte[]> _path = [];
    private readonly List<byte> _text = [];
    private int _opened;

    /// <summary>Begins another object.</summary>
    public void Begin()
    {
        _path.Clear();
        _text.Clear();
        _opened = 0;
    }

    /// <summary>Goes into the member of a name (escaped, as it stands in the text).</summary>
    public void Enter(ReadOnlySpan<byte> name) => _path.Add(name.ToArray());

    /// <summary>Leaves it.</summary>
    public void Leave()
    {
        _path.RemoveAt(_path.Count - 1);
        if (_opened <= _path.Count) return;
        _text.Add((byte)'}');
        _opened--;
    }

    /// <summary>Adds a member of where it is now.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_text.Count == 0) _text.Add((byte)'{');
        while (_opened < _path.Count)
        {
            Name(_path[_opened++]);
            _text.Add((byte)'{');
        }

        Name(name);
        _text.AddRange(value);
    }

    /// <summary>Appends the object to a column, or nothing when it has no member.</summary>
    public void AppendTo(TextColumnBuilder column)
    {
        if (_text.Count == 0) return;
        _text.Add((byte)'}');
        column.Text.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_text));
        column.EndValue();
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        if (_text[^1] != '{') _text.Add((byte)',');
        _text.Add((byte)'"');
        _text.AddRange(name);
        _text.AddRange("\":"u8);
    }
}
