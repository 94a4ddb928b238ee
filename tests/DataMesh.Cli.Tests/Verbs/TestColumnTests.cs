namespace DataMesh.Cli.Tests.Verbs;

public class TestColumnTests
{
    [Theory]
    [InlineData("test", 1)]
    [InlineData("validate", 2)]
    public void Columns_that_are_not_there_are_refused_with_the_nearest_word(string verb, int code)
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", """
            pipeline: w
            source: people.csv
            dataset: w
            tests:
              - name: input
                input: [ { agee: "1", city: Rome } ]
                output: [ { city: Rome } ]
              - name: output
                input: [ { city: Rome } ]
                output: [ { city: Rome, agge: null } ]
            """);
        var result = DatameshProcess.Run(folder.Root, verb, "w.yaml");
        var told = result.Output + result.Error;
        Assert.Equal(code, result.ExitCode);
        Assert.Contains("w.yaml:6:16: The test 'input' has input for 'agee', a column that the source does not have.", told, StringComparison.Ordinal);
        Assert.Contains("did you mean 'age'?", told, StringComparison.Ordinal);
        if (verb == "test") Assert.Contains("w.yaml:10:29: The test 'output' expects 'agge', a column that the rows do not have.", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_refuses_an_expected_column_that_the_rows_do_not_have()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", "pipeline: w\nsource: people.csv\ndataset: w\ntests:\n  - name: t\n    input: [ { city: Rome } ]\n    output: [ { ciity: null } ]\n");
        var result = DatameshProcess.Run(folder.Root, "validate", "w.yaml");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("w.yaml:7:17: The test 't' expects 'ciity', a column that the rows do not have.\n  hint: did you mean 'city'?", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("validate")]
    public void A_column_that_the_sample_does_not_show_is_only_warned_of(string verb)
    {
        using var folder = new TemporaryFolder();
        folder.Write("m.ndjson", "{\"id\":1}\n");
        folder.Write("w.yaml", "pipeline: w\nsource: m.ndjson\ndataset: w\ntests:\n  - name: t\n    input: [ { id: 1, remark: late } ]\n    output: [ { remark: late } ]\n");
        var result = DatameshProcess.Run(folder.Root, verb, "w.yaml");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("warning: w.yaml:6:23: The test 't' has input for 'remark', a column that the source does not show.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("validate")]
    public void A_column_that_a_stage_speaks_of_may_have_nearly_the_name_of_another(string verb)
    {
        using var folder = new TemporaryFolder();
        folder.Write("m.ndjson", "{\"price1\":1}\n");
        folder.Write("w.yaml", """
            pipeline: w
            source: m.ndjson
            stages:
              - drop: { columns: [price2], ignore_missing: true }
            dataset: w
            tests:
              - name: t
                input: [ { price1: 1, price2: 2 } ]
                output: [ { price1: 1 } ]
            """);
        var result = DatameshProcess.Run(folder.Root, verb, "w.yaml");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.DoesNotContain("price2", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Starter_test_passes_where_a_column_holds_objects_and_numbers()
    {
        using var folder = new TemporaryFolder();
        folder.Write("m.ndjson", "{\"id\":1,\"o\":{\"a\":1}}\n{\"id\":2,\"o\":5}\n");
        DatameshProcess.Run(folder.Root, "init", "m.ndjson");
        Assert.EndsWith("        o: {\"a\":1}\n    output:\n      - id: 1\n", File.ReadAllText(Path.Combine(folder.Root, "m.yaml")), StringComparison.Ordinal);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "test", "m.yaml").ExitCode);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "validate", "m.yaml").ExitCode);
    }
}
