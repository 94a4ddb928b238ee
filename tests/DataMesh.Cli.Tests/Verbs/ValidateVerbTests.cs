namespace DataMesh.Cli.Tests.Verbs;

public class ValidateVerbTests
{
    [Fact]
    public void Valid_file_is_said_to_be_valid()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var result = DatameshProcess.Run(folder.Root, "validate", "p.yaml");
        Assert.Equal((0, "p.yaml: valid\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public void Every_mistake_has_its_place_and_a_hint()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", "pipeline: p\nsource: people.csv\nstages:\n  - filtr: age > 1\n  - select: { colums: [age] }\ndataset: { name: d }\n");
        var result = DatameshProcess.Run(folder.Root, "validate", "w.yaml");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("w.yaml:4:5: There is no stage 'filtr'.\n  hint: did you mean 'filter'?", result.Error, StringComparison.Ordinal);
        Assert.Contains("w.yaml:5:15: The stage 'select' has no option 'colums'.\n  hint: did you mean 'columns'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistake_in_an_expression_points_into_it()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", "pipeline: p\nsource: people.csv\nstages:\n  - filter: city = 'Oslo' and agee > 1\ndataset: { name: d }\n");
        var result = DatameshProcess.Run(folder.Root, "validate", "w.yaml");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("w.yaml:4:31:", result.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'age'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_need_column_mapping_get_a_proposal()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", "pipeline: p\nsource: people.csv\ndataset: { name: d }\n");
        var result = DatameshProcess.Run(folder.Root, "validate", "w.yaml");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("rename: { \"Full Name\": full_name }", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_data_is_a_warning()
    {
        using var folder = new TemporaryFolder();
        folder.Write("w.yaml", "pipeline: p\nsource: nothing.csv\ndataset: { name: d }\n");
        var result = DatameshProcess.Run(folder.Root, "validate", "w.yaml");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("warning:", result.Error, StringComparison.Ordinal);
        Assert.Equal("", DatameshProcess.Run(folder.Root, "validate", "--no-data", "w.yaml").Error);
    }

    [Fact]
    public void Json_lists_the_problems()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", "pipeline: p\nsorce: people.csv\ndataset: { name: d }\n");
        var result = DatameshProcess.Run(folder.Root, "validate", "p.yaml", "w.yaml", "--json");
        Assert.Equal(2, result.ExitCode);
        Assert.False(result.Json.GetProperty("valid").GetBoolean());
        var files = result.Json.GetProperty("files");
        Assert.True(files[0].GetProperty("valid").GetBoolean());
        var problem = files[1].GetProperty("problems")[0];
        Assert.Equal((2, 1, "error"), (problem.GetProperty("line").GetInt32(), problem.GetProperty("column").GetInt32(), problem.GetProperty("severity").GetString()));
    }

    [Fact]
    public void Missing_file_is_told()
    {
        var result = DatameshProcess.Run(".", "validate", "nowhere.yaml");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("There is no file 'nowhere.yaml'.", result.Error, StringComparison.Ordinal);
    }
}
