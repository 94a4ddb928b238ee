using DataMesh.Core.Sketches;

namespace DataMesh.Core.Tests.Sketches;

public class LengthStatisticsTests
{
    [Fact]
    public void Keeps_shortest_longest_and_mean_over_merges_and_bytes()
    {
        var (one, other) = (new LengthStatistics(), new LengthStatistics());
        one.Add(3);
        one.Add(5, 2);
        other.Add(0);
        one.Merge(in other);
        var copy = LengthStatistics.FromBytes(one.ToBytes());
        Assert.Equal((4, 13, 0, 5), (copy.Count, copy.Total, copy.Shortest, copy.Longest));
        Assert.Equal(3.25, copy.Mean);
        Assert.Equal(double.NaN, new LengthStatistics().Mean);
    }
}
