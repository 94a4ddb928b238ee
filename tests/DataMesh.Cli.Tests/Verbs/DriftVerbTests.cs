namespace DataMesh.Cli.Tests.Verbs;

public sealed class DriftVerbTests
{
    private const string Yaml = "pipeline: p\nsource: { type: file, path: in }\ndataset: { name: t, path: lake/t }\n";

    [Fact]
    public void The_drifting_example_tells_each_change_once_with_its_first_file_and_line()
    {
        using var folder = new TemporaryFolder();
        Copy(Path.Combine(SourceTree.Root, "examples", "drifting"), folder.Root);
        var run = DatameshProcess.Run(folder.Root, "run", "drifting.yaml");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("3 changes of the sources' structure: see 'datamesh drift list drifting.yaml'", run.Output);
        Directory.Delete(Path.Combine(folder.Root, ".datamesh"), recursive: true);

        var list = DatameshProcess.Run(folder.Root, "drift", "list", "drifting.yaml", "--json");
        Assert.Equal(0, list.ExitCode);
        var told = list.Json.GetProperty("events").EnumerateArray().Select(each =>
            $"{each.GetProperty("number")} {each.GetProperty("kind")} {each.GetProperty("column")} {each.GetProperty("file")}:{each.GetProperty("line")} {each.GetProperty("decision")}");
        Assert.Equal(
            [
                "1 column_added wildlife_size days/strikes-2000-10-06.csv:1 evolve", "2 column_renamed speed days/strikes-2000-10-07.csv:1 evolve",
                "3 type_changed cost days/strikes-2000-10-09.csv:2 quarantine",
            ], told);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "ledger", "drifting.yaml", "--recount").ExitCode);
        var shown = DatameshProcess.Run(folder.Root, "drift", "show", "drifting.yaml", "2");
        Assert.Contains("'speed_knots' looks like it under a new name", shown.Output);
        Assert.Contains("coalesce(speed, speed_knots)", shown.Output);
        var tests = DatameshProcess.Run(folder.Root, "test", "repaired.yaml");
        Assert.True(tests.ExitCode == 0, tests.Output + tests.Error);

        var replay = DatameshProcess.Run(folder.Root, "quarantine", "replay", "repaired.yaml");
        Assert.True(replay.ExitCode == 0, replay.Output + replay.Error);
        var ledger = DatameshProcess.Run(folder.Root, "ledger", "repaired.yaml");
        Assert.Equal(0, ledger.ExitCode);
        Assert.Contains("1 waiting = 7 set aside - 6 replayed - 0 discarded", ledger.Output);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "quarantine", "replay", "repaired.yaml").ExitCode);
        ledger = DatameshProcess.Run(folder.Root, "ledger", "repaired.yaml");
        Assert.Equal(0, ledger.ExitCode);
        Assert.Equal(3, DatameshProcess.Run(folder.Root, "drift", "list", "repaired.yaml", "--json").Json.GetProperty("events").GetArrayLength());
        Assert.Contains("nothing new to read", DatameshProcess.Run(folder.Root, "run", "repaired.yaml").Output);
    }

    [Fact]
    public void Events_can_be_filtered_and_wrong_words_are_answered()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Root, "in"));
        File.WriteAllText(Path.Combine(folder.Root, "p.yaml"), Yaml);
        File.WriteAllText(Path.Combine(folder.Root, "in", "1.csv"), "a,b\n1,x\n");
        Assert.Contains("has not changed", DatameshProcess.Run(folder.Root, "drift", "list", "p.yaml").Output);
        File.WriteAllText(Path.Combine(folder.Root, "in", "2.csv"), "a,b,c\n,x,2\n");
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q").ExitCode);
        Assert.Equal(2, Count("drift", "list", "p.yaml", "--json"));
        Assert.Equal(1, Count("drift", "list", "p.yaml", "--json", "--kind", "column_added"));
        Assert.Equal(1, Count("drift", "list", "p.yaml", "--json", "--column", "A"));
        Assert.Equal(2, Count("drift", "list", "p.yaml", "--json", "--since", "1h"));
        Assert.Equal(0, Count("drift", "list", "p.yaml", "--json", "--since", "2999-01-01"));
        var wrong = DatameshProcess.Run(folder.Root, "drift", "list", "p.yaml", "--kind", "column_aded");
        Assert.NotEqual(0, wrong.ExitCode);
        Assert.Contains("did you mean 'column_added'?", wrong.Error);
        var none = DatameshProcess.Run(folder.Root, "drift", "show", "p.yaml", "9");
        Assert.NotEqual(0, none.ExitCode);
        Assert.Contains("they have the numbers 1 to 2", none.Error);

        int Count(params string[] arguments) => DatameshProcess.Run(folder.Root, arguments).Json.GetProperty("events").GetArrayLength();
    }

    [Fact]
    public void A_rule_for_a_column_that_is_not_there_is_worth_a_warning()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Root, "in"));
        File.WriteAllText(Path.Combine(folder.Root, "in", "1.csv"), "price,b\n1,x\n");
        File.WriteAllText(Path.Combine(folder.Root, "p.yaml"), Yaml + "drift: { columns: { prise: fail } }\n");
        var checkedFile = DatameshProcess.Run(folder.Root, "validate", "p.yaml");
        Assert.Equal(0, checkedFile.ExitCode);
        Assert.Contains("a column that the sources do not have now", checkedFile.Error);
        Assert.Contains("did you mean 'price'?", checkedFile.Error);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*.yaml")) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        Directory.CreateDirectory(Path.Combine(to, "days"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(from, "days"))) File.Copy(file, Path.Combine(to, "days", Path.GetFileName(file)));
    }
}
