using DataMesh.Core.Columns;

namespace DataMesh.Formats.TextRows;

/// <summary>How a text format writes values and what stands between them.</summary>
public abstract class RowStyle
{
    /// <summary>What stands before each value of a row, by column.</summary>
    public abstract byte[][] Prefixes(Schema schema);

    /// <summary>What stands behind the last value of a row.</summary>
    public abstract byte[] RowEnd { get; }

    /// <summary>What stands before the first row; empty for nothing.</summary>
    public virtual byte[] Header(Schema schema) => [];

    /// <summary>The text of a null.</summary>
    internal abstract ReadOnlySpan<byte> Null { get; }

    /// <summary>What stands around dates, times and binary values: a quote, or 0 for nothing.</summary>
    internal abstract byte Quote { get; }

    /// <summary>The text of doubles that are no numbers, or empty where they are written by name.</summary>
    internal abstract ReadOnlySpan<byte> NotFinite { get; }

    /// <summary>Writes string values.</summary>
    internal abstract void Text(VarColumn column, int from, int to, ColumnText target);

    /// <summary>Writes json values.</summary>
    internal abstract void Json(VarColumn column, int from, int to, ColumnText target);
}
