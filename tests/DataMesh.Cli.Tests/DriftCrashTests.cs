namespace DataMesh.Cli.Tests;

/// <summary>Changes of structure are told exactly once, whatever step of the protocol the process dies at.</summary>
public sealed class DriftCrashTests
{
    private const string Yaml = """
        pipeline: p
        source: { type: file, path: in }
        drift: { overrides: { column_removed: quarantine } }
        epoch: { bytes: 1 }
        dataset: { name: t, path: lake/t }
        """;

    [Theory]
    [InlineData("stage.manifest")]
    [InlineData("prepare.record")]
    [InlineData("commit.begin")]
    [InlineData("commit.end")]
    [InlineData("complete.begin")]
    [InlineData("complete.end")]
    public void A_process_that_dies_tells_nothing_twice_and_forgets_nothing(string step)
    {
        using var undisturbed = Fill();
        Assert.Equal(0, DatameshProcess.Run(undisturbed.Root, "run", "p.yaml", "-q").ExitCode);
        using var disturbed = Fill();
        for (var epoch = 1; epoch <= 3; epoch++)
            DatameshProcess.Run(disturbed.Root, [("DATAMESH_CRASH_AT", $"{step}:{epoch}")], "run", "p.yaml", "-q");
        var last = DatameshProcess.Run(disturbed.Root, "run", "p.yaml", "-q");
        Assert.True(last.ExitCode == 0, last.Output + last.Error);
        Assert.Equal(Told(undisturbed), Told(disturbed));
        Assert.Equal(3, Told(disturbed).Count);
        Assert.Equal(0, DatameshProcess.Run(disturbed.Root, "ledger", "p.yaml", "--recount").ExitCode);
    }

    private static TemporaryFolder Fill()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Root, "in"));
        File.WriteAllText(Path.Combine(folder.Root, "p.yaml"), Yaml);
        foreach (var (name, text) in new[] { ("1", "a,b\n1,x\n"), ("2", "a,b,c\n2,y,3\n"), ("3", "a,c\n3,4\n"), ("4", "a,c\n4,5\n"), ("5", "a,b,c\n5,z,6\n") })
            File.WriteAllText(Path.Combine(folder.Root, "in", name + ".csv"), text);
        return folder;
    }

    private static List<string> Told(TemporaryFolder folder) =>
        [.. DatameshProcess.Run(folder.Root, "drift", "list", "p.yaml", "--json").Json.GetProperty("events").EnumerateArray()
            .Select(each => $"{each.GetProperty("kind")} {each.GetProperty("column")} {each.GetProperty("file")}:{each.GetProperty("line")} {each.GetProperty("decision")}")];
}
