using DataMesh.Core.Sketches;

namespace DataMesh.Core.Tests.Sketches;

public class QuantileSketchTests
{
    private static readonly double[] Ranks = [0, 0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1];

    [Fact]
    public void Few_values_give_exact_quantiles()
    {
        var sketch = new QuantileSketch();
        sketch.Add([4, 1, 3, 2, double.NaN]);
        Assert.Equal(4, sketch.Count);
        Assert.Equal(0, sketch.RelativeError);
        Assert.Equal([1, 1.75, 2.5, 3.25, 4], new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(sketch.Quantile));
    }

    [Fact]
    public void Nothing_has_no_quantiles()
    {
        var sketch = new QuantileSketch();
        Assert.Equal(double.NaN, sketch.Quantile(0.5));
        sketch.Merge(new QuantileSketch());
        Assert.Equal(0, sketch.Count);
    }

    [Theory]
    [InlineData("uniform")]
    [InlineData("exponential")]
    [InlineData("mixed signs")]
    [InlineData("times of a year")]
    [InlineData("many magnitudes")]
    [InlineData("mostly zero")]
    public void Quantiles_are_within_the_stated_error(string kind)
    {
        var values = Values(kind, 200_000);
        var sketch = new QuantileSketch();
        foreach (var part in values.Chunk(1000)) sketch.Add(part);
        Array.Sort(values);
        foreach (var rank in Ranks)
        {
            var at = rank * (values.Length - 1);
            var exact = values[(int)at] + (values[(int)Math.Ceiling(at)] - values[(int)at]) * (at - Math.Floor(at));
            Assert.InRange(sketch.Quantile(rank), exact - Math.Abs(exact) * sketch.RelativeError - 1e-12, exact + Math.Abs(exact) * sketch.RelativeError + 1e-12);
        }

        Assert.InRange(sketch.RelativeError, 0, kind == "many magnitudes" ? 0.25 : 0.004);
    }

    [Theory]
    [InlineData("exponential", 50)]
    [InlineData("exponential", 30_000)]
    [InlineData("mixed signs", 30_000)]
    public void State_does_not_depend_on_order_or_splitting(string kind, int count)
    {
        var values = Values(kind, count);
        var whole = new QuantileSketch(256);
        whole.Add(values);
        var parts = Enumerable.Range(0, 5).Select(_ => new QuantileSketch(256)).ToArray();
        for (var i = count - 1; i >= 0; i--) parts[i % 5].Add(values[i]);
        for (var i = 3; i >= 0; i--) parts[i].Merge(parts[i + 1]);
        Assert.Equal(whole.ToBytes(), parts[0].ToBytes());
    }

    [Fact]
    public void Special_values_have_their_place()
    {
        var sketch = new QuantileSketch();
        sketch.Add([double.NegativeInfinity, -0.0, 0.0, double.PositiveInfinity, double.Epsilon]);
        Assert.Equal(double.NegativeInfinity, sketch.Quantile(0));
        Assert.Equal(0, sketch.Quantile(0.25));
        Assert.Equal(0, sketch.Quantile(0.5));
        Assert.Equal(double.PositiveInfinity, sketch.Quantile(1));
    }

    [Fact]
    public void Bytes_round_trip_and_broken_ones_are_refused()
    {
        var sketch = new QuantileSketch(128);
        sketch.Add(Values("uniform", 5000));
        var bytes = sketch.ToBytes();
        Assert.Equal(bytes, QuantileSketch.FromBytes(bytes).ToBytes());
        Assert.Throws<FormatException>(() => QuantileSketch.FromBytes(bytes.AsSpan(0, bytes.Length - 1)));
    }

    private static double[] Values(string kind, int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(i => kind switch
        {
            "uniform" => random.NextDouble() * 100,
            "exponential" => -Math.Log(1 - random.NextDouble()) * 20,
            "mixed signs" => (random.NextDouble() - 0.5) * 1000,
            "times of a year" => 1_704_067_200_000_000d + random.NextInt64(31_536_000_000_000),
            "many magnitudes" => Math.Pow(10, random.Next(-200, 200)) * random.NextDouble(),
            _ => random.Next(10) < 8 ? 0 : Math.Round(random.NextDouble() * 30, 2),
        })];
    }
}
