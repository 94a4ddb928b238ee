namespace DataMesh.Core.Columns;

/// <summary>Booleans, one bit each. The value bit of a null is zero.</summary>
public sealed class BoolColumn(Bitmap values, Bitmap? validity) : Column(DataType.Bool, values.Length, validity)
{
    /// <summary>The value bits.</summary>
    public Bitmap Values { get; } = values;

    /// <summary>The value at <paramref name="row"/>; false for a null.</summary>
    public bool this[int row] => Values[row];

    /// <inheritdoc/>
    public override long ByteSize => Values.Words.Length * 8L * (Validity is null ? 1 : 2);

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows) => new BoolColumn(Values.Take(rows), TakeValidity(rows));

    /// <inheritdoc/>
    protected override void Release() => Values.Dispose();
}
