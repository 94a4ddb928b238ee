using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>A node of a file's schema as a tree, with the levels that its values have.</summary>
internal sealed class SchemaNode(SchemaElement element, int definition, int repetition, string[] path)
{
    private const int DepthMax = 64;

    public SchemaElement Element { get; } = element;

    public string Name => Element.Name;

    /// <summary>Definition level from which this node is there.</summary>
    public int Definition { get; } = definition;

    /// <summary>Repetition level of this node's values.</summary>
    public int Repetition { get; } = repetition;

    public string[] Path { get; } = path;

    public List<SchemaNode> Children { get; } = [];

    /// <summary>Position among the leaves, which is also the column chunk's position; -1 for a group.</summary>
    public int Leaf { get; private set; } = -1;

    public bool IsRepeated => Element.Repetition == Metadata.Repetition.Repeated;

    public bool IsList => Children.Count == 1 && Children[0].IsRepeated && (Element.Logical.Kind == LogicalKind.List || Element.Converted == ConvertedType.List);

    public bool IsMap => Children.Count == 1 && Children[0].IsRepeated && Children[0].Children.Count == 2
        && (Element.Logical.Kind == LogicalKind.Map || Element.Converted is ConvertedType.Map or ConvertedType.MapKeyValue);

    /// <summary>All leaves below, or the node itself when it is one.</summary>
    public IEnumerable<SchemaNode> Leaves => Leaf >= 0 ? [this] : Children.SelectMany(child => child.Leaves);

    /// <summary>Builds the tree; throws <see cref="InvalidDataException"/> when the list of elements is none.</summary>
    public static SchemaNode Build(IReadOnlyList<SchemaElement> elements, out int leaves)
    {
        if (elements.Count == 0) throw new InvalidDataException("The footer has no schema.");
        var (next, leaf) = (1, 0);
        var root = new SchemaNode(elements[0], 0, 0, []);
        root.AddChildren(elements, ref next, ref leaf, 0);
        if (next != elements.Count) throw new InvalidDataException("The schema has elements outside its tree.");
        leaves = leaf;
        return root;
    }

    private void AddChildren(IReadOnlyList<SchemaElement> elements, ref int next, ref int leaf, int depth)
    {
        if (depth > DepthMax) throw new InvalidDataException($"The schema is nested deeper than {DepthMax}.");
        for (var i = 0; i < Element.Children; i++)
        {
            if (next >= elements.Count) throw new InvalidDataException("The schema's tree is cut off.");
            var element = elements[next++];
            var optional = element.Repetition != Metadata.Repetition.Required ? 1 : 0;
            var repeated = element.Repetition == Metadata.Repetition.Repeated ? 1 : 0;
            var child = new SchemaNode(element, Definition + optional, Repetition + repeated, [.. Path, element.Name]);
            if (element.Type is null) child.AddChildren(elements, ref next, ref leaf, depth + 1);
            else child.Leaf = leaf++;
            Children.Add(child);
        }
    }
}
