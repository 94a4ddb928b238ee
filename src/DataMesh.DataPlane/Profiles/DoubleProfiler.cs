using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Profiles;

/// <summary>Profiles float64. NaN counts as one more distinct value and is left out of everything else.</summary>
internal sealed class DoubleProfiler() : NumberProfiler(DataType.Float64)
{
    private double[] _known = [];
    private double _min = double.NaN;
    private double _max = double.NaN;

    protected override (string Min, string Max)? Extremes => double.IsNaN(_min) ? null : (Text(_min), Text(_max));

    protected override void AbsorbValues(Column column)
    {
        var values = Known((FixedColumn<double>)column, ref _known);
        if (MomentsKernel.Extremes(values, out var min, out var max))
        {
            Distinct.Add(Hashing.OfDouble(double.NaN));
            values = WithoutNaN(values);
            if (values.Length == 0) return;
            MomentsKernel.Extremes(values, out min, out max);
        }

        Include(min, max);
        DistinctKernel.Add(Distinct, values);
        AbsorbNumbers(values);
    }

    protected override void MergeExtremes(NumberProfiler other)
    {
        var theirs = (DoubleProfiler)other;
        if (!double.IsNaN(theirs._min)) Include(theirs._min, theirs._max);
    }

    private void Include(double min, double max)
    {
        _min = double.IsNaN(_min) ? min : Math.Min(_min, min);
        _max = double.IsNaN(_max) ? max : Math.Max(_max, max);
    }

    private Span<double> WithoutNaN(ReadOnlySpan<double> values)
    {
        var numbers = Scratch(values.Length);
        var next = 0;
        foreach (var value in values)
            if (!double.IsNaN(value)) numbers[next++] = value;
        return numbers[..next];
    }

    private static string Text(double value)
    {
        Span<byte> text = stackalloc byte[ValueText.FixedMax];
        return System.Text.Encoding.ASCII.GetString(text[..ValueText.Write(value, text)]);
    }
}
