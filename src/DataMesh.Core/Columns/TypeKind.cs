namespace DataMesh.Core.Columns;

/// <summary>The kinds of column types. The numbers are persisted in state files: never change one.</summary>
public enum TypeKind : byte
{
    /// <summary>Nothing but nulls was seen; below every other type in the lattice.</summary>
    Null = 0,
    /// <summary>True or false, one bit each.</summary>
    Bool = 1,
    /// <summary>64-bit signed integer.</summary>
    Int64 = 2,
    /// <summary>IEEE 754 double.</summary>
    Float64 = 3,
    /// <summary>Exact decimal: an <see cref="Int128"/> unscaled value with a declared scale, at most 38 digits.</summary>
    Decimal = 4,
    /// <summary>UTF-8 text.</summary>
    String = 5,
    /// <summary>Days since 1970-01-01, as a 32-bit integer.</summary>
    Date = 6,
    /// <summary>Microseconds since 1970-01-01T00:00:00Z, as a 64-bit integer.</summary>
    Timestamp = 7,
    /// <summary>Bytes.</summary>
    Binary = 8,
    /// <summary>A JSON value as UTF-8 text: arrays and mixed nested values.</summary>
    Json = 9,
}
