namespace DataMesh.Cli.Tests.Verbs;

public class InitVerbTests
{
    [Fact]
    public void Proposed_pipeline_is_valid_passes_its_test_and_runs()
    {
        using var folder = new TemporaryFolder();
        folder.Write("my people.csv", "Full Name,Cost $,Start Date\n\"Ann \"\"A\"\" O'Neil\",1.5,2024-01-31\nBob,,2024-02-01\n");
        var result = DatameshProcess.Run(folder.Root, "init", "my people.csv");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var yaml = File.ReadAllText(Path.Combine(folder.Root, "my_people.yaml"));
        Assert.Contains("\"Full Name\": full_name", yaml, StringComparison.Ordinal);
        Assert.Contains("\"Cost $\": cost", yaml, StringComparison.Ordinal);
        Assert.Equal("my_people.yaml: valid\n", DatameshProcess.Run(folder.Root, "validate", "my_people.yaml").Output);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "test", "my_people.yaml").ExitCode);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "my_people.yaml").ExitCode);
    }

    [Fact]
    public void Nested_json_works_too()
    {
        using var folder = new TemporaryFolder();
        folder.Write("events.ndjson", """{"id":1,"user":{"name":"Ann: \"x\" # y"},"tags":["a","b"]}""" + "\n");
        DatameshProcess.Run(folder.Root, "init", "events.ndjson");
        Assert.Equal((0, ""), (DatameshProcess.Run(folder.Root, "test", "events.yaml").ExitCode, DatameshProcess.Run(folder.Root, "validate", "events.yaml").Error));
    }

    [Fact]
    public void File_that_is_there_is_not_overwritten_without_force()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("people.yaml", "mine");
        Assert.Equal(1, DatameshProcess.Run(folder.Root, "init", "people.csv").ExitCode);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(folder.Root, "people.yaml")));
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "init", "people.csv", "--force").ExitCode);
    }

    [Fact]
    public void Dash_prints_it()
    {
        using var folder = new TemporaryFolder().WithPeople();
        Assert.StartsWith("pipeline: people\n", DatameshProcess.Run(folder.Root, "init", "people.csv", "-o", "-").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_values_stay_out_of_the_test()
    {
        using var folder = new TemporaryFolder();
        var huge = new string('x', 5_000_000);
        folder.Write("notes.csv", $"id,note,kind\n1,{huge},a\n2,{huge},b\n");
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "init", "notes.csv").ExitCode);
        var yaml = File.ReadAllText(Path.Combine(folder.Root, "notes.yaml"));
        Assert.InRange(yaml.Length, 1, 4_000);
        Assert.Contains("      - id: 1\n        kind: \"a\"\n", yaml, StringComparison.Ordinal);
        Assert.Equal((0, ""), (DatameshProcess.Run(folder.Root, "validate", "notes.yaml").ExitCode, DatameshProcess.Run(folder.Root, "test", "notes.yaml").Error));
    }

    [Fact]
    public void Record_with_short_values_only_is_preferred()
    {
        using var folder = new TemporaryFolder();
        folder.Write("notes.csv", $"id,note\n1,{new string('x', 1000)}\n2,short\n");
        var yaml = DatameshProcess.Run(folder.Root, "init", "notes.csv", "-o", "-").Output;
        Assert.Contains("a record comes through", yaml, StringComparison.Ordinal);
        Assert.Contains("      - id: 2\n        note: \"short\"\n", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Very_wide_records_give_a_test_of_bounded_size()
    {
        using var folder = new TemporaryFolder();
        folder.Write("wide.csv", $"{string.Join(',', Enumerable.Range(0, 2000).Select(i => $"c{i}"))}\n{string.Join(',', Enumerable.Repeat("some text that is not long", 2000))}\n");
        var yaml = DatameshProcess.Run(folder.Root, "init", "wide.csv", "-o", "-").Output;
        Assert.InRange(yaml[yaml.IndexOf("tests:", StringComparison.Ordinal)..].Length, 1_000, 40_000);
    }

    [Fact]
    public void Data_of_the_same_stem_gets_a_pipeline_name_of_its_own()
    {
        using var folder = new TemporaryFolder();
        folder.Write("late.csv", "id\n1\n");
        folder.Write("late.ndjson", """{"id":1}""" + "\n");
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "init", "late.csv").ExitCode);
        Assert.StartsWith("Wrote late_ndjson.yaml.", DatameshProcess.Run(folder.Root, "init", "late.ndjson").Output, StringComparison.Ordinal);
        var yaml = File.ReadAllText(Path.Combine(folder.Root, "late_ndjson.yaml"));
        Assert.StartsWith("pipeline: late_ndjson\n", yaml, StringComparison.Ordinal);
        Assert.Contains("path: lake/late_ndjson\n", yaml, StringComparison.Ordinal);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "init", "late.ndjson", "-o", "other.yaml", "--force").ExitCode);
        Assert.Equal(1, DatameshProcess.Run(folder.Root, "init", "late.csv").ExitCode);
    }
}
