using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>Gives the values of one key column dense codes: 0 is null, values count from 1 in order of first appearance.</summary>
internal abstract class KeyEncoder(DataType type)
{
    /// <summary>The type of the values.</summary>
    public DataType Type { get; } = type;

    /// <summary>One above the largest code.</summary>
    public abstract int Count { get; }

    /// <summary>Memory held, in bytes.</summary>
    public abstract long ByteSize { get; }

    /// <summary>Writes the code of every value.</summary>
    public abstract void Encode(Column column, Span<int> codes);

    /// <summary>Takes over the values of <paramref name="other"/>; the result maps its codes to codes of this one.</summary>
    public abstract int[] Absorb(KeyEncoder other);

    /// <summary>Orders two codes by their values, null last.</summary>
    public int Compare(int a, int b) => a == b ? 0 : a == 0 ? 1 : b == 0 ? -1 : CompareValues(a, b);

    /// <summary>A column of the values of the codes.</summary>
    public abstract Column Build(ReadOnlySpan<int> codes);

    /// <summary>Orders two codes that are not null.</summary>
    protected abstract int CompareValues(int a, int b);

    /// <summary>The encoder for values of a type.</summary>
    public static KeyEncoder For(DataType type) => type.Kind switch
    {
        TypeKind.String or TypeKind.Binary or TypeKind.Json or TypeKind.Decimal => new BytesKeyEncoder(type),
        _ => new IntegerKeyEncoder(type),
    };

    /// <summary>The validity of a column of codes; null when no code is 0.</summary>
    protected static Bitmap? ValidityOf(ReadOnlySpan<int> codes)
    {
        if (!codes.Contains(0)) return null;
        var validity = Bitmap.Zeros(codes.Length);
        for (var i = 0; i < codes.Length; i++)
            if (codes[i] != 0) validity[i] = true;
        return validity;
    }

    /// <summary>Overwrites the codes of null rows with 0.</summary>
    protected static void ClearNulls(Column column, Span<int> codes)
    {
        if (column.Validity is not { } validity) return;
        for (var i = 0; i < codes.Length; i++)
            if (!validity[i]) codes[i] = 0;
    }
}
