namespace DataMesh.Core.Columns;

/// <summary>A column in which only nulls were seen.</summary>
public sealed class NullColumn(int length) : Column(DataType.Null, length, null)
{
    /// <inheritdoc/>
    public override int NullCount => Length;

    /// <inheritdoc/>
    public override bool IsNull(int row) => true;

    /// <inheritdoc/>
    public override long ByteSize => 0;

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows) => new NullColumn(rows.Length);

    /// <inheritdoc/>
    protected override void Release()
    {
    }
}
