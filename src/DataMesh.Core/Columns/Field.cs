namespace DataMesh.Core.Columns;

/// <summary>A named, typed column of a schema.</summary>
public sealed record Field(string Name, DataType Type, bool Nullable = true)
{
    /// <summary><c>name type</c>.</summary>
    public override string ToString() => $"{Name} {Type}{(Nullable ? "" : " not null")}";
}
