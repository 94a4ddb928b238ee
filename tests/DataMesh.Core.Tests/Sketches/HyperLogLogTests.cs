using DataMesh.Core.Columns;
using DataMesh.Core.Sketches;

namespace DataMesh.Core.Tests.Sketches;

public class HyperLogLogTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024)]
    public void Few_values_are_counted_exactly(int distinct)
    {
        var sketch = new HyperLogLog(14);
        for (var round = 0; round < 3; round++) AddRange(sketch, 0, distinct);
        Assert.True(sketch.IsExact);
        Assert.Equal(distinct, sketch.Estimate());
    }

    [Theory]
    [InlineData(14, 1_025)]
    [InlineData(14, 20_000)]
    [InlineData(14, 40_000)]
    [InlineData(14, 1_000_000)]
    [InlineData(12, 300)]
    [InlineData(12, 12_000)]
    [InlineData(12, 500_000)]
    public void Many_values_are_within_four_standard_errors(int precision, int distinct)
    {
        var sketch = new HyperLogLog(precision);
        AddRange(sketch, 0, distinct);
        Assert.False(sketch.IsExact);
        var error = 4 * 1.04 / Math.Sqrt(1 << precision);
        Assert.InRange(sketch.Estimate(), distinct * (1 - error), distinct * (1 + error));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1_500)]
    [InlineData(60_000)]
    public void State_does_not_depend_on_order_or_splitting(int distinct)
    {
        var whole = new HyperLogLog();
        AddRange(whole, 0, distinct);
        var parts = Enumerable.Range(0, 5).Select(_ => new HyperLogLog()).ToArray();
        for (var i = distinct - 1; i >= 0; i--) parts[i % 5].Add(Hashing.OfInteger((ulong)i));
        for (var i = 3; i >= 0; i--) parts[i].Merge(parts[i + 1]);
        Assert.Equal(whole.ToBytes(), parts[0].ToBytes());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(5_000)]
    public void Bytes_round_trip(int distinct)
    {
        var sketch = new HyperLogLog(13);
        AddRange(sketch, 7, distinct);
        var copy = HyperLogLog.FromBytes(sketch.ToBytes());
        Assert.Equal(sketch.Estimate(), copy.Estimate());
        Assert.Equal(sketch.ToBytes(), copy.ToBytes());
    }

    [Fact]
    public void Broken_bytes_are_refused()
    {
        var bytes = new HyperLogLog().ToBytes();
        Assert.Throws<FormatException>(() => HyperLogLog.FromBytes(bytes.AsSpan(0, 5)));
        Assert.Throws<FormatException>(() => HyperLogLog.FromBytes([9, .. bytes.AsSpan(1)]));
        Assert.Throws<ArgumentException>(() => new HyperLogLog(12).Merge(new HyperLogLog(14)));
    }

    private static void AddRange(HyperLogLog sketch, int from, int count)
    {
        for (var i = 0; i < count; i++) sketch.Add(Hashing.OfInteger((ulong)(from + i)));
    }
}
