namespace DataMesh.Cli.Tests.Verbs;

public class HelpTests
{
    [Theory]
    [InlineData("", "runs data pipelines")]
    [InlineData("init", "Write a pipeline file")]
    [InlineData("validate", "every mistake")]
    [InlineData("test", "Run the tests inside")]
    [InlineData("plan", "what a run would do")]
    [InlineData("peek", "first rows after any stage")]
    [InlineData("profile", "Profile every column")]
    [InlineData("run", "stops at the next barrier")]
    [InlineData("dataset", "Look at datasets")]
    [InlineData("dataset list", "List the tables")]
    [InlineData("dataset show", "Show a table")]
    [InlineData("dataset history", "newest first")]
    [InlineData("dataset vacuum", "Delete files")]
    [InlineData("explain", "Explain a stage")]
    [InlineData("schema", "JSON Schema")]
    [InlineData("doctor", "Check this machine")]
    [InlineData("silo", "Run the pipelines that are submitted")]
    [InlineData("submit", "changes at its next barrier")]
    [InlineData("list", "List the pipelines")]
    [InlineData("status", "where a pipeline stands")]
    [InlineData("top", "the busiest first")]
    [InlineData("pause", "to a barrier")]
    [InlineData("resume", "a paused pipeline")]
    [InlineData("stop", "End a pipeline")]
    [InlineData("restart", "Begin a new run")]
    [InlineData("scale", "another number of tasks")]
    [InlineData("logs", "what happened to a pipeline")]
    [InlineData("cluster", "Show the silos")]
    public void Every_verb_says_what_it_does(string verb, string says)
    {
        var result = DatameshProcess.Run(".", [.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(says, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_verb_is_wrong_usage_and_names_the_nearest()
    {
        var result = DatameshProcess.Run(".", "valdate");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("did you mean 'validate'?", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("peek", "x.csv", "--rows", "0")]
    [InlineData("peek", "x.csv", "--rows", "many")]
    [InlineData("dataset", "show")]
    [InlineData("run", "x.yaml", "--nonsense")]
    public void Wrong_usage_exits_with_2(params string[] arguments) => Assert.Equal(2, DatameshProcess.Run(".", arguments).ExitCode);
}
