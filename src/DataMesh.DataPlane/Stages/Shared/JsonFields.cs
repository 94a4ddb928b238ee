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

    /// <summary>Whether what has no field is kept in a column of its own, behind the others.</summary>
    public bool HasRest { get; init; }

    /// <summary>
    /// Reads the object that the reader stands on and appends one value per field to the builders: the text of a scalar, the raw JSON of anything else
    /// (and of everything for a field of type json), null for what is missing. Of a repeated member the first counts.
    /// </summary>
    /// <param name="reader">Stands on the object.</param>
    /// <param name="json">The text that it reads.</param>
    /// <param name="builders">One for each field; the last one of them all for what is left over, where that is wanted.</param>
    /// <param name="rest">Takes what is left over; null lets go of it.</param>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, TextColumnBuilder[] builders, JsonRest? rest = null)
    {
        var row = builders[0].Count;
        rest?.Begin();
        ReadObject(ref reader, json, _root, builders, row, rest);
        rest?.AppendTo(builders[^1]);
        AppendMissing(builders, row);
    }

    /// <summary>Appends a null to every builder that has none for this row.</summary>
    public static void AppendMissing(TextColumnBuilder[] builders, int row)
    {
        foreach (var builder in builders)
            if (builder.Count == row) builder.AppendNull();
    }

    private void ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Node node, TextColumnBuilder[] builders, int row, JsonRest? rest)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var child = Match(ref reader, node);
            var name = reader.ValueSpan;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var kind = reader.TokenType;
            var isNested = kind == JsonTokenType.StartObject && child is { Children.Count: > 0 };
            // What becomes a column as a whole leaves nothing over.
            if (isNested) ReadNested(ref reader, json, child!, builders, row, child!.Field < 0 ? rest : null, name);
            else reader.Skip();
            if (child is null || child.Field < 0 || builders[child.Field].Count > row)
            {
                if (!isNested) rest?.Add(name, json[start..(int)reader.BytesConsumed]);
                continue;
            }

            JsonValueText.Append(ref reader, kind, json[start..(int)reader.BytesConsumed], Types[child.Field], builders[child.Field]);
        }
    }

    private void ReadNested(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Node node, TextColumnBuilder[] builders, int row, JsonRest? rest, ReadOnlySpan<byte> name)
    {
        rest?.Enter(name);
        ReadObject(ref reader, json, node, builders, row, rest);
        rest?.Leave();
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
