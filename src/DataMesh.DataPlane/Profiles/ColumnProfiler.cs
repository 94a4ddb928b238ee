using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Profiles;

/// <summary>
/// Profiles one column on one core. Everything it keeps is a function of the multiset of values, so that a profile depends neither on batches nor on the
/// number of cores.
/// </summary>
public abstract class ColumnProfiler(DataType type)
{
    /// <summary>The column's type.</summary>
    public DataType Type { get; } = type;

    /// <summary>Values so far.</summary>
    public long Count { get; private set; }

    /// <summary>Nulls among them.</summary>
    public long Nulls { get; private set; }

    /// <summary>Memory held, in bytes.</summary>
    public abstract long ByteSize { get; }

    /// <summary>Takes in a column of the type.</summary>
    public void Absorb(Column column)
    {
        Count += column.Length;
        Nulls += column.NullCount;
        if (column.NullCount < column.Length) AbsorbValues(column);
    }

    /// <summary>Takes in what another profiler of the same type has seen; that one must not be used afterwards.</summary>
    public void Merge(ColumnProfiler other)
    {
        Count += other.Count;
        Nulls += other.Nulls;
        MergeValues(other);
    }

    /// <summary>The profile so far, under the column's name. There are never more different values than values, whatever is estimated.</summary>
    public ColumnProfile ToProfile(string name)
    {
        var profile = Complete(new ColumnProfile(name, Type) { Count = Count, Nulls = Nulls });
        return profile with { Distinct = Math.Min(profile.Distinct, Count - Nulls) };
    }

    /// <summary>Takes in a column with at least one value.</summary>
    protected abstract void AbsorbValues(Column column);

    /// <summary>Takes in what another has seen.</summary>
    protected abstract void MergeValues(ColumnProfiler other);

    /// <summary>Adds what the values tell.</summary>
    protected abstract ColumnProfile Complete(ColumnProfile profile);

    /// <summary>The profiler for columns of a type.</summary>
    public static ColumnProfiler For(DataType type) => type.Kind switch
    {
        TypeKind.Null => new NullProfiler(),
        TypeKind.Bool => new FlagProfiler(),
        TypeKind.String or TypeKind.Binary or TypeKind.Json => new TextProfiler(type),
        TypeKind.Float64 => new DoubleProfiler(),
        TypeKind.Decimal => new DecimalProfiler(type),
        _ => new IntegerProfiler(type),
    };

    private sealed class NullProfiler() : ColumnProfiler(DataType.Null)
    {
        public override long ByteSize => 0;

        protected override void AbsorbValues(Column column)
        {
        }

        protected override void MergeValues(ColumnProfiler other)
        {
        }

        protected override ColumnProfile Complete(ColumnProfile profile) => profile;
    }
}
