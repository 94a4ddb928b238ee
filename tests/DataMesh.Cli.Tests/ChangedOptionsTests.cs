namespace DataMesh.Cli.Tests;

/// <summary>Options of a dataset that were changed after its table was made: never ignored silently.</summary>
public class ChangedOptionsTests
{
    [Fact]
    public void Another_partition_by_is_an_error_that_names_rebuild_and_rebuild_does_it()
    {
        using var folder = Made();
        folder.Write("p.yaml", "pipeline: p\nsource: '*.csv'\ndataset:\n  name: d\n  partition_by: [city]\n");
        Assert.Contains("The partition_by of the table 'd' stays '' and does not become 'city'", DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q").Error, StringComparison.Ordinal);
        folder.Write("c.csv", "id,city\n3,Rome\n");
        foreach (var verb in (string[])["run", "validate"])
        {
            var refused = DatameshProcess.Run(folder.Root, verb, "p.yaml");
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("p.yaml:5:18: The table", refused.Error, StringComparison.Ordinal);
            Assert.Contains("is partitioned by [], not by [city].", refused.Error, StringComparison.Ordinal);
            Assert.Contains("--rebuild", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml", "--rebuild").ExitCode);
        Assert.Single(Directory.GetDirectories(Path.Combine(folder.Root, "lake", "d"), "city=Oslo"));
        var versions = DatameshProcess.Run(folder.Root, "dataset", "history", "lake/d", "--json").Json.GetProperty("versions");
        Assert.Equal(
            ["CREATE OR REPLACE TABLE AS SELECT Overwrite", "WRITE Append", "CREATE TABLE AS SELECT Append"],
            versions.EnumerateArray().Select(version => $"{version.GetProperty("operation").GetString()} {version.GetProperty("mode").GetString()}"));
    }

    [Fact]
    public void A_partition_by_that_is_gone_from_the_file_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("p.yaml", "pipeline: p\nsource: '*.csv'\ndataset: { name: d, partition_by: [city] }\n");
        folder.Write("a.csv", "id,city\n1,Oslo\n");
        Assert.DoesNotContain("partitioned", DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q").Error, StringComparison.Ordinal);
        folder.Write("p.yaml", "pipeline: p\nsource: '*.csv'\ndataset: { name: d }\n");
        folder.Write("b.csv", "id,city\n2,Rome\n");
        var told = DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q");
        Assert.Equal(0, told.ExitCode);
        Assert.Contains("The table 'd' stays partitioned by [city], although it has no partition_by here", told.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rebuild_of_the_same_columns_is_shown_as_an_overwrite()
    {
        using var folder = Made();
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml", "--rebuild", "-q").ExitCode);
        var history = DatameshProcess.Run(folder.Root, "dataset", "history", "lake/d").Output.Split('\n');
        Assert.Contains("mode", history[0], StringComparison.Ordinal);
        Assert.Matches("^2 .* WRITE +Overwrite ", history.First(line => line.TrimStart().StartsWith('2')).TrimStart());
    }

    [Fact]
    public void Options_that_were_stored_with_the_table_are_named_until_a_rebuild_takes_them()
    {
        using var folder = Made();
        folder.Write("p.yaml", "pipeline: p\nsource: '*.csv'\ndataset:\n  name: d\n  description: the new one\n  properties: { delta.deletedFileRetentionDuration: interval 30 days }\n");
        folder.Write("c.csv", "id,city\n3,Rome\n");
        var told = DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q");
        Assert.Equal(0, told.ExitCode);
        Assert.Contains("The description of the table 'd' stays 'the old one' and does not become 'the new one'", told.Error, StringComparison.Ordinal);
        Assert.Contains("The property 'delta.deletedFileRetentionDuration' of the table 'd' stays unset", told.Error, StringComparison.Ordinal);
        Assert.Contains("--rebuild", told.Error, StringComparison.Ordinal);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q", "--rebuild").ExitCode);
        folder.Write("d.csv", "id,city\n4,Rome\n");
        var quiet = DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q");
        Assert.DoesNotContain("stays", quiet.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_partition_column_is_told_at_its_place()
    {
        using var folder = Made();
        folder.Write("p.yaml", "pipeline: p\nsource: '*.csv'\ndataset: { name: e, partition_by: [city, ctiy] }\n");
        var result = DatameshProcess.Run(folder.Root, "validate", "p.yaml");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("p.yaml:3:42: There is no column 'ctiy' here.\n  hint: did you mean 'city'?", result.Error, StringComparison.Ordinal);
    }

    /// <summary>A table of two versions.</summary>
    private static TemporaryFolder Made()
    {
        var folder = new TemporaryFolder();
        folder.Write("p.yaml", "pipeline: p\nsource: '*.csv'\ndataset: { name: d, description: the old one }\n");
        folder.Write("a.csv", "id,city\n1,Oslo\n");
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q").ExitCode);
        folder.Write("b.csv", "id,city\n2,Rome\n");
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q").ExitCode);
        return folder;
    }
}
