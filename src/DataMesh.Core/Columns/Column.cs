namespace DataMesh.Core.Columns;

/// <summary>
/// One column of a record batch. Memory follows the Arrow layout and is immutable once built. Several batches may share a column:
/// <see cref="Share"/> counts an owner up, <see cref="Dispose"/> counts one down, and the last one returns the memory to the pool.
/// </summary>
public abstract class Column : IDisposable
{
    private int _owners = 1;
    private int _nullCount = -1;

    /// <summary>Takes ownership of <paramref name="validity"/>; null means that no value is null.</summary>
    protected Column(DataType type, int length, Bitmap? validity)
    {
        Type = type;
        Length = length;
        Validity = validity;
    }

    /// <summary>The type of the values.</summary>
    public DataType Type { get; }

    /// <summary>Number of values, nulls included.</summary>
    public int Length { get; }

    /// <summary>One bit per value, one where it is not null; null when there are no nulls.</summary>
    public Bitmap? Validity { get; }

    /// <summary>How many values are null.</summary>
    public virtual int NullCount => _nullCount >= 0 ? _nullCount : _nullCount = Validity is null ? 0 : Length - Validity.CountOnes();

    /// <summary>Whether value <paramref name="row"/> is null.</summary>
    public virtual bool IsNull(int row) => Validity is not null && !Validity[row];

    /// <summary>Bytes of memory held, for budgets.</summary>
    public abstract long ByteSize { get; }

    /// <summary>A new column of the values at <paramref name="rows"/>; a negative row gives null.</summary>
    public abstract Column Take(ReadOnlySpan<int> rows);

    /// <summary>Adds an owner and returns this same column.</summary>
    public Column Share()
    {
        Interlocked.Increment(ref _owners);
        return this;
    }

    /// <summary>Gives up one ownership.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _owners) != 0) return;
        Validity?.Dispose();
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the value memory to the pool.</summary>
    protected abstract void Release();

    /// <summary>The validity of <see cref="Take"/>'s result; null when nothing taken is null.</summary>
    protected Bitmap? TakeValidity(ReadOnlySpan<int> rows)
    {
        if (Validity is not null) return Validity.Take(rows);
        if (!rows.ContainsAnyExceptInRange(0, int.MaxValue)) return null;
        var validity = Bitmap.Zeros(rows.Length);
        for (var i = 0; i < rows.Length; i++)
            if (rows[i] >= 0) validity[i] = true;
        return validity;
    }

    /// <summary>A column of <paramref name="length"/> nulls of any type.</summary>
    public static Column Nulls(DataType type, int length) => type.Kind switch
    {
        TypeKind.Null => new NullColumn(length),
        TypeKind.Bool => new BoolColumn(Bitmap.Zeros(length), Bitmap.Zeros(length)),
        TypeKind.Int64 or TypeKind.Timestamp => new FixedColumn<long>(type, PooledBuffer.RentCleared(length * 8), length, Bitmap.Zeros(length)),
        TypeKind.Float64 => new FixedColumn<double>(type, PooledBuffer.RentCleared(length * 8), length, Bitmap.Zeros(length)),
        TypeKind.Date => new FixedColumn<int>(type, PooledBuffer.RentCleared(length * 4), length, Bitmap.Zeros(length)),
        TypeKind.Decimal => new FixedColumn<Int128>(type, PooledBuffer.RentCleared(length * 16), length, Bitmap.Zeros(length)),
        _ => new VarColumn(type, PooledBuffer.RentCleared((length + 1) * 4), PooledBuffer.Rent(0), length, Bitmap.Zeros(length)),
    };
}
