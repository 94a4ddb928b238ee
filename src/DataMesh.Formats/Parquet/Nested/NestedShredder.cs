using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet.Metadata;
using DataMesh.Formats.Parquet.Writing;

namespace DataMesh.Formats.Parquet.Nested;

/// <summary>Takes nested rows apart into leaf columns with repetition and definition levels, as the Dremel paper describes.</summary>
internal abstract class NestedShredder
{
    private readonly bool _isNullable;
    private readonly string[] _path;

    private NestedShredder(NestedField field, string[] path)
    {
        _isNullable = field.Nullable;
        _path = path;
    }

    /// <summary>Makes the shredder of a field; its leaves and schema elements are appended in file order.</summary>
    public static NestedShredder Make(NestedField field, string[] outer, int definition, int repetition, List<NestedLeaf> leaves, List<SchemaElement> elements)
    {
        var inner = definition + (field.Nullable ? 1 : 0);
        string[] path = [.. outer, field.Name];
        switch (field)
        {
            case NestedValue value:
                var leaf = new NestedLeaf(value, path, inner, repetition);
                var element = PhysicalLayout.Element(value.Name, value.Type, value.Nullable);
                element.Type = leaf.Layout.Type;
                leaves.Add(leaf);
                elements.Add(element);
                return new Value(field, path, leaf);
            case NestedStruct group:
                elements.Add(Group(field, group.Fields.Count));
                return new Struct(field, path, [.. group.Fields.Select(each => (each.Name, Make(each, path, inner, repetition, leaves, elements)))]);
            case NestedList list:
                elements.Add(Group(field, 1, ConvertedType.List, LogicalKind.List));
                elements.Add(new SchemaElement { Name = "list", Repetition = Repetition.Repeated, Children = 1 });
                return new List(field, path, inner, repetition + 1, Make(list.Element with { Name = "element" }, [.. path, "list"], inner + 1, repetition + 1, leaves, elements));
            case NestedMap map:
                elements.Add(Group(field, 1, ConvertedType.Map, LogicalKind.Map));
                elements.Add(new SchemaElement { Name = "key_value", Repetition = Repetition.Repeated, Children = 2 });
                string[] entry = [.. path, "key_value"];
                var key = Make(new NestedValue("key", DataType.String, Nullable: false), entry, inner + 1, repetition + 1, leaves, elements);
                return new Map(field, path, inner, repetition + 1, key, Make(map.Value with { Name = "value" }, entry, inner + 1, repetition + 1, leaves, elements));
            default: throw new ArgumentException($"Unknown field {field}.");
        }
    }

    public void Write(JsonNode? value, int repetition, int definition)
    {
        if (value is not null)
        {
            WriteValue(value, repetition, definition + (_isNullable ? 1 : 0));
            return;
        }

        if (!_isNullable) throw new DataMeshException($"A value of '{string.Join('.', _path)}' is missing, and it can not be null.");
        WriteNull(repetition, definition);
    }

    /// <summary>Records that nothing is here, in every leaf below.</summary>
    public abstract void WriteNull(int repetition, int definition);

    protected abstract void WriteValue(JsonNode value, int repetition, int definition);

    private DataMeshException Misfit(JsonNode value, string expected) => new($"'{string.Join('.', _path)}' needs {expected}, not {value.ToJsonString()}.");

    private static SchemaElement Group(NestedField field, int children, ConvertedType? converted = null, LogicalKind logical = LogicalKind.None) => new()
    {
        Name = field.Name,
        Repetition = field.Nullable ? Repetition.Optional : Repetition.Required,
        Children = children,
        Converted = converted,
        Logical = new LogicalType(logical),
    };

    private sealed class Value(NestedField field, string[] path, NestedLeaf leaf) : NestedShredder(field, path)
    {
        public override void WriteNull(int repetition, int definition) => leaf.AddNull(repetition, definition);

        protected override void WriteValue(JsonNode value, int repetition, int definition) => leaf.Add(value, repetition);
    }

    private sealed class Struct(NestedField field, string[] path, (string Name, NestedShredder Shredder)[] members) : NestedShredder(field, path)
    {
        public override void WriteNull(int repetition, int definition)
        {
            foreach (var member in members) member.Shredder.WriteNull(repetition, definition);
        }

        protected override void WriteValue(JsonNode value, int repetition, int definition)
        {
            if (value is not JsonObject row) throw Misfit(value, "an object");
            foreach (var (name, shredder) in members) shredder.Write(row[name], repetition, definition);
        }
    }

    private sealed class List(NestedField field, string[] path, int definitionInner, int level, NestedShredder element) : NestedShredder(field, path)
    {
        public override void WriteNull(int repetition, int definition) => element.WriteNull(repetition, definition);

        protected override void WriteValue(JsonNode value, int repetition, int definition)
        {
            if (value is not JsonArray items) throw Misfit(value, "an array");
            if (items.Count == 0) element.WriteNull(repetition, definitionInner);
            for (var i = 0; i < items.Count; i++) element.Write(items[i], i == 0 ? repetition : level, definitionInner + 1);
        }
    }

    private sealed class Map(NestedField field, string[] path, int definitionInner, int level, NestedShredder key, NestedShredder item) : NestedShredder(field, path)
    {
        public override void WriteNull(int repetition, int definition)
        {
            key.WriteNull(repetition, definition);
            item.WriteNull(repetition, definition);
        }

        protected override void WriteValue(JsonNode value, int repetition, int definition)
        {
            if (value is not JsonObject entries) throw Misfit(value, "an object");
            if (entries.Count == 0) WriteNull(repetition, definitionInner);
            foreach (var (name, member) in entries)
            {
                key.Write(JsonValue.Create(name), repetition, definitionInner + 1);
                item.Write(member, repetition, definitionInner + 1);
                repetition = level;
            }
        }
    }
}
