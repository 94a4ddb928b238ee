using System.Text.Json;

namespace DataMesh.Cli.Tests.Verbs;

/// <summary>The verbs that only look: explain, schema, doctor, profile.</summary>
public class LookingVerbTests
{
    [Fact]
    public void Explain_tells_a_stage_with_options_and_examples()
    {
        var result = DatameshProcess.Run(".", "explain", "filter");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("filter (stage)\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("Options\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("Example: ", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dataset", "dataset (sink)")]
    [InlineData("coalesce", "coalesce (function)")]
    public void Explain_tells_sinks_and_functions(string name, string begins) =>
        Assert.StartsWith(begins, DatameshProcess.Run(".", "explain", name).Output, StringComparison.Ordinal);

    [Fact]
    public void Explain_lists_everything()
    {
        var output = DatameshProcess.Run(".", "explain").Output;
        Assert.All(["Sources\n", "Stages\n", "Sinks\n", "Functions\n", "  file ", "  derive "], text => Assert.Contains(text, output, StringComparison.Ordinal));
        Assert.True(DatameshProcess.Run(".", "explain", "--json").Json.GetProperty("components").GetArrayLength() > 15);
    }

    [Fact]
    public void Explain_of_an_unknown_word_names_the_nearest()
    {
        var result = DatameshProcess.Run(".", "explain", "fliter");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("did you mean 'filter'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_is_json_that_knows_every_stage()
    {
        var json = DatameshProcess.Run(".", "schema").Json;
        Assert.Equal("object", json.GetProperty("type").GetString());
        Assert.True(json.GetProperty("definitions").TryGetProperty("stage_filter", out _));
    }

    [Fact]
    public void Schema_goes_to_a_file()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "schema", "-o", "s.json").ExitCode);
        JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Root, "s.json"))).Dispose();
    }

    [Fact]
    public void Doctor_checks_the_folder_and_leaves_nothing_there()
    {
        using var folder = new TemporaryFolder();
        var json = DatameshProcess.Run(folder.Root, "doctor", "--json").Json;
        Assert.True(json.GetProperty("healthy").GetBoolean());
        Assert.Contains("put if absent", json.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Root));
    }

    [Fact]
    public void Doctor_fails_where_there_is_no_folder() => Assert.Equal(1, DatameshProcess.Run(".", "doctor", "/nowhere/at/all").ExitCode);

    [Fact]
    public void Profile_tells_of_every_column()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var result = DatameshProcess.Run(folder.Root, "profile", "people.csv", "--json");
        Assert.Equal(["Full Name", "age", "city"], result.Json.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("column").GetString()));
        Assert.Contains("city", DatameshProcess.Run(folder.Root, "profile", "p.yaml").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Narrow_terminal_leaves_no_line_wider()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var result = DatameshProcess.Run(folder.Root, [("COLUMNS", "40")], "profile", "people.csv");
        Assert.All(result.Output.Split('\n').Where(line => !line.StartsWith('(')), line => Assert.True(line.Length <= 40, line));
    }
}
