using DataMesh.Core.Sketches;

namespace DataMesh.Core.Tests.Sketches;

public class MomentsTests
{
    [Fact]
    public void Mean_and_variances_of_small_integers_are_exact()
    {
        var moments = Of([2, 4, 4, 4, 5, 5, 7, 9]);
        Assert.Equal(5, moments.Mean);
        Assert.Equal(4, moments.PopulationVariance);
        Assert.Equal(32.0 / 7, moments.SampleVariance);
    }

    [Fact]
    public void Nothing_and_one_value_have_no_sample_variance()
    {
        Assert.Equal(double.NaN, new Moments().Mean);
        Assert.Equal(double.NaN, Of([3]).SampleVariance);
        Assert.Equal(0, Of([3]).PopulationVariance);
    }

    [Fact]
    public void A_small_spread_around_a_large_value_survives()
    {
        var moments = Of([1e15 + 1, 1e15 + 2, 1e15 + 3]);
        Assert.Equal(1e15 + 2, moments.Mean);
        Assert.Equal(1, moments.SampleVariance);
    }

    [Fact]
    public void Results_do_not_depend_on_order_or_splitting()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 20_000).Select(_ => Math.Exp(random.NextDouble() * 40 - 20) * (random.Next(2) * 2 - 1)).ToArray();
        var whole = Of(values);
        var parts = new Moments[5];
        for (var i = values.Length - 1; i >= 0; i--) parts[i % 5].Add(values[i]);
        for (var i = 3; i >= 0; i--) parts[i].Merge(parts[i + 1]);
        Assert.Equal(whole.Sum.Value, parts[0].Sum.Value);
        Assert.Equal(whole.Mean, parts[0].Mean);
        Assert.Equal(whole.SampleVariance, parts[0].SampleVariance);
    }

    [Fact]
    public void Bytes_round_trip()
    {
        var moments = Of([0.1, 0.2, 0.7]);
        var copy = Moments.FromBytes(moments.ToBytes());
        Assert.Equal(moments.ToBytes(), copy.ToBytes());
        Assert.Equal(moments.SampleVariance, copy.SampleVariance);
    }

    private static Moments Of(double[] values)
    {
        var moments = new Moments();
        foreach (var value in values) moments.Add(value);
        return moments;
    }
}
