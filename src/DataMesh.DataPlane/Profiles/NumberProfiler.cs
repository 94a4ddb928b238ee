using System.Globalization;
using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Sketches;

namespace DataMesh.DataPlane.Profiles;

/// <summary>What numbers, dates and timestamps have in common: moments, quantiles and a distinct count.</summary>
internal abstract class NumberProfiler(DataType type) : ColumnProfiler(type)
{
    private readonly QuantileSketch _quantiles = new();
    private double[] _doubles = [];

    /// <summary>Count, mean and deviation.</summary>
    protected Moments Moments;

    /// <summary>Different values.</summary>
    protected HyperLogLog Distinct { get; } = new();

    public override long ByteSize => _quantiles.ByteSize + Distinct.ByteSize;

    /// <summary>The exact extremes as text; null of nothing.</summary>
    protected abstract (string Min, string Max)? Extremes { get; }

    /// <summary>Room for so many doubles, used again and again.</summary>
    protected Span<double> Scratch(int length)
    {
        if (_doubles.Length < length) _doubles = new double[length];
        return _doubles.AsSpan(0, length);
    }

    /// <summary>Takes in values that are not NaN.</summary>
    protected void AbsorbNumbers(ReadOnlySpan<double> values)
    {
        MomentsKernel.Add(ref Moments, values);
        _quantiles.Add(values);
    }

    protected override void MergeValues(ColumnProfiler other)
    {
        var theirs = (NumberProfiler)other;
        Moments.Merge(in theirs.Moments);
        Distinct.Merge(theirs.Distinct);
        _quantiles.Merge(theirs._quantiles);
        MergeExtremes(theirs);
    }

    /// <summary>Takes in another's extremes.</summary>
    protected abstract void MergeExtremes(NumberProfiler other);

    protected override ColumnProfile Complete(ColumnProfile profile) => profile with
    {
        Distinct = Distinct.Estimate(),
        Min = Extremes?.Min,
        Max = Extremes?.Max,
        Mean = Moments.Count == 0 ? null : Text(Moments.Mean),
        StandardDeviation = double.IsNaN(Moments.SampleVariance) ? null : Math.Sqrt(Moments.SampleVariance) / (Type.Kind == TypeKind.Timestamp ? 1e6 : 1),
        Quantiles = _quantiles.Count == 0 ? [] : [.. ColumnProfile.Ranks.Select(rank => Text(_quantiles.Quantile(rank)))],
        QuantileError = _quantiles.RelativeError,
    };

    /// <summary>A number as the column's type writes it.</summary>
    private string Text(double value) => Type.Kind switch
    {
        TypeKind.Date => ValueTexts.Of(DataType.Date, (long)Math.Round(value)),
        TypeKind.Timestamp => ValueTexts.Of(DataType.Timestamp, (long)Math.Round(value)),
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>The values that are not null, without a copy when none is.</summary>
    protected static ReadOnlySpan<T> Known<T>(FixedColumn<T> column, ref T[] scratch) where T : unmanaged
    {
        var values = column.Values;
        if (column.NullCount == 0) return values;
        if (scratch.Length < values.Length) scratch = new T[values.Length];
        return scratch.AsSpan(0, Compact(values, column.Validity!.Words, scratch));
    }

    /// <summary>Copies the values whose bit is one to the front of <paramref name="target"/>; writes one place too far at most, inside its length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Compact<T>(ReadOnlySpan<T> values, ReadOnlySpan<ulong> valid, Span<T> target) where T : unmanaged
    {
        var next = 0;
        for (var word = 0; word < valid.Length; word++)
        {
            var bits = valid[word];
            var part = values[(word << 6)..Math.Min((word << 6) + 64, values.Length)];
            if (bits == ulong.MaxValue)
            {
                part.CopyTo(target[next..]);
                next += 64;
                continue;
            }

            for (var i = 0; i < part.Length; i++)
            {
                target[next] = part[i];
                next += (int)(bits >> i & 1);
            }
        }

        return next;
    }
}
