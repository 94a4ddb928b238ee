using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet;

/// <summary>The schema of a Parquet file with structs, lists and maps, as Delta checkpoints need it. Rows are JSON objects.</summary>
public sealed record NestedSchema(IReadOnlyList<NestedField> Fields);

/// <summary>One member of a nested schema.</summary>
public abstract record NestedField(string Name, bool Nullable);

/// <summary>A value. <paramref name="Narrow"/> stores an int64 as a 32-bit integer, as Delta's protocol versions need it.</summary>
public sealed record NestedValue(string Name, DataType Type, bool Nullable = true, bool Narrow = false) : NestedField(Name, Nullable);

/// <summary>A group of members; in rows a JSON object.</summary>
public sealed record NestedStruct(string Name, IReadOnlyList<NestedField> Fields, bool Nullable = true) : NestedField(Name, Nullable);

/// <summary>A list in the standard three-level form; in rows a JSON array. The element's name is always written as <c>element</c>.</summary>
public sealed record NestedList(string Name, NestedField Element, bool Nullable = true) : NestedField(Name, Nullable);

/// <summary>A map in the standard <c>key_value</c> form, keys strings; in rows a JSON object.</summary>
public sealed record NestedMap(string Name, NestedField Value, bool Nullable = true) : NestedField(Name, Nullable);
