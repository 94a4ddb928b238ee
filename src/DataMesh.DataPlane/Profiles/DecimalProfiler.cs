using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Profiles;

/// <summary>Profiles decimals: extremes exact, the rest in doubles.</summary>
internal sealed class DecimalProfiler(DataType type) : NumberProfiler(type)
{
    private readonly double _divisor = Math.Pow(10, type.Scale);
    private Int128[] _known = [];
    private Int128 _min = Int128.MaxValue;
    private Int128 _max = Int128.MinValue;

    protected override (string Min, string Max)? Extremes => _min > _max ? null : (ValueTexts.Of(Type, _min), ValueTexts.Of(Type, _max));

    protected override void AbsorbValues(Column column)
    {
        var values = Known((FixedColumn<Int128>)column, ref _known);
        var doubles = Scratch(values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            if (value < _min) _min = value;
            if (value > _max) _max = value;
            Distinct.Add(Hashing.Combine(Hashing.OfInteger((ulong)(value >> 64)), (ulong)value));
            doubles[i] = (double)value / _divisor;
        }

        AbsorbNumbers(doubles);
    }

    protected override void MergeExtremes(NumberProfiler other)
    {
        var theirs = (DecimalProfiler)other;
        _min = Int128.Min(_min, theirs._min);
        _max = Int128.Max(_max, theirs._max);
    }
}
