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

    [Theory]
    [InlineData("encoding: utf-9", "3:13: There is no encoding 'utf-9'", "did you mean 'utf-8'?")]
    [InlineData("delimiter: ',,'", "3:14: The delimiter ',,' is not one ASCII character.", "write one character")]
    [InlineData("quote: xx", "3:10: The quote 'xx'", "write one character")]
    [InlineData("timezone: Europe/Olso", "3:13: There is no time zone 'Europe/Olso'", "did you mean 'Europe/Oslo'?")]
    [InlineData("timezone: Mars/X", "3:13: There is no time zone 'Mars/X'", "write the IANA name of a zone")]
    [InlineData("pattern: '%{IPP:a}'", "3:12: The log pattern has no word 'IPP'", "did you mean 'IP'?")]
    [InlineData("record_path: 'features'", "3:16: ", "$[*]")]
    [InlineData("skip_lines: -1", "'skip_lines' can not be -1", "0 or more")]
    [InlineData("types: { agee: string }", "3:12: 'types' names the column 'agee'", "did you mean 'age'?")]
    public void Wrong_source_options_are_errors_at_their_places(string option, string error, string hint)
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", $"pipeline: p\nsource:\n  {option}\n  type: file\n  path: people.csv\ndataset: {{ name: d }}\n");
        var result = DatameshProcess.Run(folder.Root, "validate", "w.yaml");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.Contains(hint, result.Error, StringComparison.Ordinal);
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

    [Fact]
    public void Mistakes_of_the_file_and_of_its_stages_are_told_together()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", """
            pipeline: p
            source: people.csv
            stages:
              - filter: agee > 1
              - derive: { older: age + yers, double: age * 2, text: older || 'x' }
              - select: [city, doubl, older, text, double]
              - filtr: older > 1
              - derive: { x: "unknown_after_the_gap +", y: fine_for_all_we_know + 1 }
              - limit: few
            dataset: { name: d, colour: red }
            """);
        var result = DatameshProcess.Run(folder.Root, "validate", "w.yaml");
        Assert.Equal(2, result.ExitCode);
        var places = result.Error.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).ToList();
        Assert.Equal(["w.yaml:4:13:", "w.yaml:5:28:", "w.yaml:5:46:", "w.yaml:6:20:", "w.yaml:7:5:", "w.yaml:8:42:", "w.yaml:9:12:", "w.yaml:10:21:"], places);
    }

    [Fact]
    public void Every_unknown_column_of_a_list_is_told_at_its_place()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", """
            pipeline: p
            source: people.csv
            stages:
              - select: [age, ciity, agge]
              - drop:
                  - age
                  - nosuchthing
              - deduplicate: { keys: [ctiy] }
            dataset: { name: d }
            """);
        var error = DatameshProcess.Run(folder.Root, "validate", "w.yaml").Error;
        Assert.Contains("w.yaml:4:19: There is no column 'ciity' here.\n  hint: did you mean 'city'?", error, StringComparison.Ordinal);
        Assert.Contains("w.yaml:4:26: There is no column 'agge' here.\n  hint: did you mean 'age'?", error, StringComparison.Ordinal);
        Assert.Contains("w.yaml:7:9: There is no column 'nosuchthing' here.", error, StringComparison.Ordinal);
        Assert.Contains("w.yaml:8:27: There is no column 'ctiy' here.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Expressions_are_checked_without_data_too()
    {
        using var folder = new TemporaryFolder();
        folder.Write("w.yaml", "pipeline: p\nsource: nothing.csv\nstages:\n  - filter: a >\n  - validate: { b: betwen 1 and 2, c: between 1 and 2 }\n  - aggregate: { aggregates: { n: cuont(*) } }\ndataset: { name: d }\n");
        var result = DatameshProcess.Run(folder.Root, "validate", "--no-data", "w.yaml");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("w.yaml:4:16: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("w.yaml:5:27: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'between'?", result.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'count'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_tells_all_stages_that_do_not_fit()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", "pipeline: p\nsource: people.csv\nstages:\n  - filter: agee > 1\n  - filter: citty = 'x'\ndataset: { name: d }\n");
        var result = DatameshProcess.Run(folder.Root, "run", "w.yaml", "-q");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("did you mean 'age'?", result.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'city'?", result.Error, StringComparison.Ordinal);
    }
}
