using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>What a stage does to one column, looking at no other: a cast, a mask.</summary>
/// <param name="type">The type of the result.</param>
/// <param name="onError">What becomes of rows that fail.</param>
internal abstract class ColumnChange(DataType type, OnError onError = OnError.Null)
{
    /// <summary>The type of the result.</summary>
    public DataType Type { get; } = type;

    /// <summary>What becomes of rows that fail. Changes that never fail say <see cref="OnError.Null"/>.</summary>
    public OnError OnError { get; } = onError;

    /// <summary>A changer for one core.</summary>
    public abstract ColumnChanger CreateChanger();
}

/// <summary>Applies a <see cref="ColumnChange"/> on one core.</summary>
internal abstract class ColumnChanger
{
    /// <summary>The changed column (the caller owns it; failed values are null in it) and the rows that failed, or null. The input stays the caller's.</summary>
    public abstract Column Apply(Column column, out Bitmap? failed);
}
