using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>A column of ours in a file: a leaf, or a subtree that is read as json.</summary>
internal sealed record FileColumn(Field Field, SchemaNode Node)
{
    /// <summary>The columns of a file: groups that do not repeat become dotted names, everything that repeats becomes json.</summary>
    public static IReadOnlyList<FileColumn> Of(SchemaNode root)
    {
        var columns = new List<FileColumn>();
        Add(root, "", false, columns);
        return columns;
    }

    private static void Add(SchemaNode group, string prefix, bool isNullable, List<FileColumn> columns)
    {
        foreach (var child in group.Children)
        {
            var name = prefix + child.Name;
            var nullable = isNullable || child.Element.Repetition == Metadata.Repetition.Optional;
            if (child.IsRepeated || child.IsList || child.IsMap)
            {
                if (child.Leaves.Any()) columns.Add(new FileColumn(new Field(name, DataType.Json, nullable), child));
            }
            else if (child.Leaf >= 0)
            {
                columns.Add(new FileColumn(new Field(name, LeafType.Of(child.Element).Type, nullable), child));
            }
            else
            {
                Add(child, name + ".", nullable, columns);
            }
        }
    }
}
