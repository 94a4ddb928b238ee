using DataMesh.Core;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Json;

/// <summary>
/// An object as records hold it: the members seen so far and what becomes of each. Nested objects are nodes of their own;
/// a member's column is the one whose name is the dotted path to it. Filled while decoding; what is in it changes speed, never results.
/// </summary>
internal sealed class JsonNode(JsonShape shape, string prefix, int depth)
{
    private readonly ValueDictionary _keys = new(16);
    private readonly List<JsonMember?> _members = [null];

    /// <summary>Depth of the object: 1 for a record.</summary>
    public int Depth { get; } = depth;

    /// <summary>The member that is expected first.</summary>
    public JsonMember? First { get; set; }

    /// <summary>The member with this key as it is written between the quotes.</summary>
    public JsonMember Find(ReadOnlySpan<byte> rawKey)
    {
        if (_keys.Count >= Limits.ColumnsMax) return Make(rawKey.ToArray());
        var code = _keys.Add(rawKey);
        while (_members.Count <= code) _members.Add(null);
        return _members[code] ??= Make(rawKey.ToArray());
    }

    private JsonMember Make(byte[] rawKey)
    {
        var path = prefix + JsonEscapes.ToText(rawKey);
        var (column, isKnown) = shape.Column(path);
        return new JsonMember(rawKey, path, prefix.Length, column, isKnown, shape.HasNested(path), shape.NeedsNested(path));
    }

    /// <summary>The node of the objects that a member holds.</summary>
    public JsonNode Child(JsonMember member) => member.Child ??= new JsonNode(shape, member.Path + ".", Depth + 1);
}

/// <summary>A member of an object and what becomes of its value.</summary>
internal sealed class JsonMember(byte[] rawKey, string path, int prefixLength, JsonColumn? column, bool isKnown, bool hasNested, bool needsNested)
{
    /// <summary>The key as it is written between the quotes.</summary>
    public byte[] RawKey { get; } = rawKey;

    /// <summary>Dotted path, the column's name.</summary>
    public string Path { get; } = path;

    /// <summary>The column that takes the value; null when there is none or nobody needs it.</summary>
    public JsonColumn? Column { get; } = column;

    /// <summary>Whether the schema has a column for this very member.</summary>
    public bool IsKnown { get; } = isKnown;

    /// <summary>Whether the schema has columns for members of this member's objects.</summary>
    public bool HasNested { get; } = hasNested;

    /// <summary>Whether one of those is decoded.</summary>
    public bool NeedsNested { get; } = needsNested;

    /// <summary>The attempt at a record that met an object with columns of its own here last.</summary>
    public long Stamp { get; set; }

    /// <summary>The member that followed when the object was last seen.</summary>
    public JsonMember? Next { get; set; }

    /// <summary>Set by <see cref="JsonNode.Child"/>.</summary>
    public JsonNode? Child { get; set; }

    /// <summary>Whether both are the same key of the same object, perhaps spelled with other escapes.</summary>
    public bool IsSameAs(JsonMember other) => ReferenceEquals(this, other) || (PrefixLength == other.PrefixLength && Path == other.Path);

    private int PrefixLength { get; } = prefixLength;
}
