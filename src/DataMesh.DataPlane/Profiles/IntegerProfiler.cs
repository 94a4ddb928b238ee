using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Profiles;

/// <summary>Profiles int64, timestamps and dates: extremes in integers, the rest in doubles (exact up to 2^53).</summary>
internal sealed class IntegerProfiler(DataType type) : NumberProfiler(type)
{
    private long[] _longs = [];
    private int[] _days = [];
    private long _min = long.MaxValue;
    private long _max = long.MinValue;

    protected override (string Min, string Max)? Extremes => _min > _max ? null : (ValueTexts.Of(Type, _min), ValueTexts.Of(Type, _max));

    protected override void AbsorbValues(Column column)
    {
        var values = column is FixedColumn<int> days ? Widen(Known(days, ref _days)) : Known((FixedColumn<long>)column, ref _longs);
        _min = Math.Min(_min, TensorPrimitives.Min(values));
        _max = Math.Max(_max, TensorPrimitives.Max(values));
        DistinctKernel.Add(Distinct, MemoryMarshal.Cast<long, ulong>(values));
        var doubles = Scratch(values.Length);
        TensorPrimitives.ConvertChecked(values, doubles);
        AbsorbNumbers(doubles);
    }

    protected override void MergeExtremes(NumberProfiler other)
    {
        var theirs = (IntegerProfiler)other;
        _min = Math.Min(_min, theirs._min);
        _max = Math.Max(_max, theirs._max);
    }

    private ReadOnlySpan<long> Widen(ReadOnlySpan<int> days)
    {
        if (_longs.Length < days.Length) _longs = new long[days.Length];
        TensorPrimitives.ConvertChecked(days, _longs.AsSpan(0, days.Length));
        return _longs.AsSpan(0, days.Length);
    }
}
