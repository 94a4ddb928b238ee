namespace DataMesh.Cli.Tests.Verbs;

public class ExistingTableTests
{
    [Theory]
    [InlineData("validate")]
    [InlineData("plan")]
    [InlineData("peek")]
    public void Verbs_that_look_take_the_types_that_the_table_has(string verb)
    {
        using var folder = new TemporaryFolder();
        folder.Write("f1.csv", "id,v\n1,5\n");
        folder.Write("b.yaml", "pipeline: b\nsource: f*.csv\nstages: [filter: v > 0]\ndataset: { name: b, path: lake/b }\n");
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "b.yaml", "-q").ExitCode);
        folder.Write("f2.csv", "id,v\n2,oops\n3,7\n");
        var result = DatameshProcess.Run(folder.Root, verb, "b.yaml");
        Assert.True(result.ExitCode == 0, result.Error);
        if (verb == "peek") Assert.Contains("1 records were set aside", result.Error, StringComparison.Ordinal);
        if (verb == "plan") Assert.Contains("v int64", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "b.yaml", "-q").ExitCode);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, verb, "b.yaml").ExitCode);
    }
}
