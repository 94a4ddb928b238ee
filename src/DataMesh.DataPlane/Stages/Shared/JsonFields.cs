using System.Text;
using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Declared fields of JSON objects by their paths (<c>user.name</c>), as a tree that an object is walked along once.</summary>
internal sealed class JsonFields
{
    private readonly Node _root = new([]);

    /// <summary>Makes the tree. Throws on a path that is empty.</summary>
    public JsonFields(OrderedMap<DataType> fields)
    {
        Types = [.. fields.Select(field => field.Value)];
        for (var i = 0; i < fields.Count; i++) Insert(fields[i], i);
    }

    /// <summary>The declared types in order.</summary>
    public IReadOnlyList<DataType> Types { get; }

    /// <summary>
    /// Reads the object that the reader stands on and appends one value per field to the builders: the text of a scalar, the raw JSON of anything else
    /// (and of everything for a field of type json), null for what is missing. Of a repeated member the first counts.
    /// </summary>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, TextColumnBuilder[] builders)
    {
        var row = builders[0].Count;
        ReadObject(ref reader, json, _root, builders, row);
        AppendMissing(builders, row);
    }

    /// <summary>Appends a null to every builder that has none for this row.</summary>
    public static void AppendMissing(TextColumnBuilder[] builders, int row)
    {
        foreach (var builder in builders)
            if (builder.Count == row) builder.AppendNull();
    }

    private void ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Node node, TextColumnBuilder[] builders, int row)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var child = Match(ref reader, node);
            reader.Read();
            if (child is null)
            {
                reader.Skip();
                continue;
            }

            var start = (int)reader.TokenStartIndex;
            var kind = reader.TokenType;
            if (kind == JsonTokenType.StartObject && child.Children.Count > 0) ReadObject(ref reader, json, child, builders, row);
            else if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray) reader.Skip();
            if (child.Field < 0 || builders[child.Field].Count > row) continue;
            JsonValueText.Append(ref reader, kind, json[start..(int)reader.BytesConsumed], Types[child.Field], builders[child.Field]);
        }
    }

    private static Node? Match(ref Utf8JsonReader reader, Node node)
    {
        foreach (var child in node.Children)
            if (reader.ValueTextEquals(child.Name)) return child;
        return null;
    }

    private void Insert(OrderedMapEntry<DataType> field, int index)
    {
        var node = _root;
        foreach (var part in field.Key.Split('.'))
        {
            if (part.Length == 0) throw new DataMeshException($"'{field.Key}' is not a path of member names.", field.Location, hint: "write user.name");
            var name = Encoding.UTF8.GetBytes(part);
            var next = node.Children.Find(child => child.Name.AsSpan().SequenceEqual(name));
            if (next is null) node.Children.Add(next = new Node(name));
            node = next;
        }

        node.Field = index;
    }

    private sealed class Node(byte[] name)
    {
        public byte[] Name { get; } = name;

        public int Field { get; set; } = -1;

        public List<Node> Children { get; } = [];
    }
}
