namespace DataMesh.Cli.Tests.Verbs;

public class TestVerbTests
{
    [Fact]
    public void Passing_tests_exit_with_0()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var result = DatameshProcess.Run(folder.Root, "test", "p.yaml");
        Assert.Equal((0, "pass  minors are left out\npass  an age that is no number is set aside\n2 of 2 tests passed.\n"), (result.ExitCode, result.Output));
        Assert.False(Directory.Exists(Path.Combine(folder.Root, "lake")));
    }

    [Fact]
    public void Failing_tests_show_what_differs()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", File.ReadAllText(Path.Combine(folder.Root, "p.yaml")).Replace("age: 50 }", "age: 51 }", StringComparison.Ordinal).Replace("quarantined: 1", "quarantined: 0", StringComparison.Ordinal));
        var result = DatameshProcess.Run(folder.Root, "test", "w.yaml");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("row 1, age: expected 51, found 50", result.Output, StringComparison.Ordinal);
        Assert.Contains("quarantined: expected 0, found 1", result.Output, StringComparison.Ordinal);
        Assert.Contains("0 of 2 tests passed.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_run_where_the_data_is_not()
    {
        using var folder = new TemporaryFolder().WithPeople();
        File.Delete(Path.Combine(folder.Root, "people.csv"));
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "test", "p.yaml").ExitCode);
    }

    [Fact]
    public void Json_lists_the_tests()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var json = DatameshProcess.Run(folder.Root, "test", "p.yaml", "--json").Json;
        Assert.Equal((2, 0), (json.GetProperty("passed").GetInt32(), json.GetProperty("failed").GetInt32()));
        Assert.Equal("minors are left out", json.GetProperty("tests")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void File_with_errors_exits_with_2()
    {
        using var folder = new TemporaryFolder();
        folder.Write("w.yaml", "pipeline: p\n");
        Assert.Equal(2, DatameshProcess.Run(folder.Root, "test", "w.yaml").ExitCode);
    }
}
