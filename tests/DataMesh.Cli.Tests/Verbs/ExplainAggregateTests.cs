namespace DataMesh.Cli.Tests.Verbs;

public class ExplainAggregateTests
{
    [Theory]
    [InlineData("sum", "sum(x)")]
    [InlineData("count", "count(distinct x)")]
    [InlineData("average", "also: mean, average")]
    [InlineData("approx_distinct", "within about 1.6 %")]
    public void Aggregates_are_explained(string name, string part)
    {
        var result = DatameshProcess.Run(".", "explain", name);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("(aggregate)", result.Output, StringComparison.Ordinal);
        Assert.Contains(part, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slip_finds_the_nearest_aggregate() =>
        Assert.Contains("did you mean 'quantile'?", DatameshProcess.Run(".", "explain", "quantil").Error, StringComparison.Ordinal);
}
