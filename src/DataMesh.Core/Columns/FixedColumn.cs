using System.Runtime.CompilerServices;

namespace DataMesh.Core.Columns;

/// <summary>
/// Fixed-width values: <see cref="long"/> for int64 and timestamp, <see cref="double"/> for float64, <see cref="int"/> for date,
/// <see cref="Int128"/> for decimal (unscaled). The memory behind a null is unspecified but readable.
/// </summary>
public sealed class FixedColumn<T> : Column where T : unmanaged
{
    private readonly PooledBuffer _values;

    /// <summary>Takes ownership of <paramref name="values"/> (at least <paramref name="length"/> values) and <paramref name="validity"/>.</summary>
    public FixedColumn(DataType type, PooledBuffer values, int length, Bitmap? validity = null) : base(type, length, validity) => _values = values;

    /// <summary>The values, <see cref="Column.Length"/> of them.</summary>
    public ReadOnlySpan<T> Values => _values.As<T>()[..Length];

    /// <summary>The value at <paramref name="row"/>; unspecified for a null.</summary>
    public T this[int row] => Values[row];

    /// <inheritdoc/>
    public override long ByteSize => (long)Length * Unsafe.SizeOf<T>() + (Validity is null ? 0 : Length / 8);

    /// <summary>Copies managed values into a new column.</summary>
    public static FixedColumn<T> From(DataType type, ReadOnlySpan<T> values, Bitmap? validity = null)
    {
        var buffer = PooledBuffer.Rent<T>(values.Length);
        values.CopyTo(buffer.As<T>());
        return new FixedColumn<T>(type, buffer, values.Length, validity);
    }

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        var buffer = PooledBuffer.Rent<T>(rows.Length);
        Gather.Copy(Values, rows, buffer.As<T>());
        return new FixedColumn<T>(Type, buffer, rows.Length, TakeValidity(rows));
    }

    /// <inheritdoc/>
    protected override void Release() => _values.Dispose();
}
