using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>What a node gave for a batch: a column (one ownership of it) or a constant that is never materialised.</summary>
internal readonly struct Operand : IDisposable
{
    public Operand(Column column) => Column = column;

    public Operand(Scalar constant) => Constant = constant;

    public Column? Column { get; }

    public Scalar? Constant { get; }

    public bool IsConstant => Constant is not null;

    public bool IsNullConstant => Constant is { IsNull: true };

    public DataType Type => Column?.Type ?? Constant!.Type;

    public Bitmap? Validity => Column?.Validity;

    /// <summary>The values of a fixed-width column.</summary>
    public ReadOnlySpan<T> Values<T>() where T : unmanaged => ((FixedColumn<T>)Column!).Values;

    /// <summary>The constant as the storage type of its column.</summary>
    public T Value<T>() where T : unmanaged
    {
        var constant = Constant!;
        if (typeof(T) == typeof(long)) return (T)(object)constant.Long;
        if (typeof(T) == typeof(double)) return (T)(object)constant.Double;
        if (typeof(T) == typeof(int)) return (T)(object)(int)constant.Long;
        return (T)(object)constant.Decimal;
    }

    public bool IsNull(int row) => Column?.IsNull(row) ?? Constant!.IsNull;

    public Column ToColumn(int length) => Column ?? Constant!.ToColumn(length);

    public void Dispose() => Column?.Dispose();

    public static implicit operator Operand(Column column) => new(column);
}
