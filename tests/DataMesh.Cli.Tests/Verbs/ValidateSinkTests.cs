namespace DataMesh.Cli.Tests.Verbs;

public class ValidateSinkTests
{
    [Theory]
    [InlineData("datasets:\n  - { name: a, path: lake/x }\n  - { name: b, path: lake/x }\n", ":5:", "Two sinks write to")]
    [InlineData("dataset: { name: a }\nsink: { type: file, path: out.csv }\n", ":3:", "appends: one reading of the source can not serve both")]
    [InlineData("dataset: { name: a, partition_by: [\"Full Name\", age, city] }\n", ":3:36:", "All columns are partition columns.")]
    [InlineData("stages:\n  - drop: [\"*\"]\ndataset: { name: a }\n", ":4:12:", "This leaves no column.")]
    [InlineData("dataset: { name: a, retain: { rows: { column: aeg, older_than: 90d } } }\n", ":3:47:", "There is no column 'aeg' to retain rows by.\n  hint: did you mean 'age'?")]
    [InlineData("dataset: { name: a, retain: { rows: { column: city, older_than: 90d } } }\n", ":3:47:", "Rows can not be retained by 'city': it is string.")]
    [InlineData("trigger: continuous\nsink: { type: file, path: out.csv }\n", ":4:", "which a continuous pipeline never ends")]
    public void What_a_run_refuses_of_its_sinks_is_told_with_its_place(string rest, string place, string message)
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("w.yaml", "pipeline: w\nsource: people.csv\n" + rest);
        var result = DatameshProcess.Run(folder.Root, "validate", "w.yaml");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("w.yaml" + place, result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Hint_quotes_a_name_that_an_expression_would_read_otherwise()
    {
        using var folder = new TemporaryFolder();
        folder.Write("o.csv", "Origin State,n\nOH,1\n");
        folder.Write("w.yaml", "pipeline: w\nsource: o.csv\nstages:\n  - filter: '\"Origin State\" > n'\ndataset: w\n");
        Assert.Contains("cast(\"Origin State\" as int64)", DatameshProcess.Run(folder.Root, "validate", "w.yaml").Error, StringComparison.Ordinal);
    }
}
