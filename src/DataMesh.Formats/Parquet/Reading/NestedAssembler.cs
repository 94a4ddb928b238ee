using System.Text.Json;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Puts nested values together again as JSON, from the levels of their leaves.</summary>
internal sealed class NestedAssembler(LeafCursor?[] cursors, bool keepNulls)
{
    /// <summary>Writes a node's value at the current entries of its leaves and moves them on.</summary>
    public void Write(SchemaNode node, Utf8JsonWriter writer)
    {
        if (node.IsRepeated) WriteItems(node, node, writer);
        else if (First(node).Definition < node.Definition) WriteNull(node, writer);
        else if (node.IsMap) WriteMap(node.Children[0], writer);
        else if (node.IsList) WriteItems(node.Children[0], ElementOf(node), writer);
        else WriteBody(node, writer);
    }

    /// <summary>Writes the members of a group that is there.</summary>
    public void WriteMembers(IReadOnlyList<SchemaNode> members, Utf8JsonWriter writer)
    {
        foreach (var child in members)
        {
            if (FirstOrNull(child) is not { } first) continue;
            if (!keepNulls && !child.IsRepeated && first.Definition < child.Definition)
            {
                MoveAll(child);
                continue;
            }

            writer.WritePropertyName(child.Name);
            Write(child, writer);
        }
    }

    private void WriteBody(SchemaNode node, Utf8JsonWriter writer)
    {
        if (node.Leaf >= 0)
        {
            var cursor = cursors[node.Leaf]!;
            var (values, row) = cursor.Value;
            JsonValueWriter.Write(values, row, writer);
            cursor.Move();
            return;
        }

        writer.WriteStartObject();
        WriteMembers(node.Children, writer);
        writer.WriteEndObject();
    }

    private void WriteItems(SchemaNode repeated, SchemaNode element, Utf8JsonWriter writer)
    {
        var first = First(repeated);
        writer.WriteStartArray();
        if (first.Definition < repeated.Definition)
        {
            MoveAll(repeated);
        }
        else
        {
            do
            {
                if (element == repeated) WriteBody(element, writer);
                else Write(element, writer);
            }
            while (first.Repetition == repeated.Repetition);
        }

        writer.WriteEndArray();
    }

    private void WriteMap(SchemaNode entries, Utf8JsonWriter writer)
    {
        var (key, value) = (First(entries.Children[0]), entries.Children[1]);
        writer.WriteStartObject();
        if (key.Definition < entries.Definition)
        {
            MoveAll(entries);
        }
        else
        {
            do
            {
                var (values, row) = key.HasValue ? key.Value : default;
                writer.WritePropertyName(values is null ? "null" : Core.Columns.ValueText.Format(values, row) ?? "null");
                key.Move();
                Write(value, writer);
            }
            while (key.Repetition == entries.Repetition);
        }

        writer.WriteEndObject();
    }

    private void WriteNull(SchemaNode node, Utf8JsonWriter writer)
    {
        writer.WriteNullValue();
        MoveAll(node);
    }

    private void MoveAll(SchemaNode node)
    {
        foreach (var leaf in node.Leaves) cursors[leaf.Leaf]?.Move();
    }

    private LeafCursor First(SchemaNode node) => FirstOrNull(node) ?? throw new InvalidDataException($"The group '{node.Name}' has no members.");

    private LeafCursor? FirstOrNull(SchemaNode node)
    {
        while (node.Leaf < 0)
        {
            if (node.Children.Count == 0) return null;
            node = node.Children[0];
        }

        return cursors[node.Leaf];
    }

    /// <summary>The element of a list: below the repeated group, or, as old writers had it, the repeated node itself.</summary>
    private static SchemaNode ElementOf(SchemaNode list)
    {
        var repeated = list.Children[0];
        var isElement = repeated.Leaf >= 0 || repeated.Children.Count != 1 || repeated.Name == "array" || repeated.Name == list.Name + "_tuple";
        return isElement ? repeated : repeated.Children[0];
    }
}
