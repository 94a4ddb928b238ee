namespace DataMesh.Cli.Tests;

/// <summary>Input that is there and holds no record is zero rows, and not an error.</summary>
public class EmptyInputTests
{
    private const string Stages = """
        stages:
          - filter: amount > 0
          - derive: { double: amount * 2, day: "cast(id as date)" }
          - standardise: { id: { case: upper } }
        """;

    [Theory]
    [InlineData("data.csv", "")]
    [InlineData("data.csv", "\n \n")]
    [InlineData("data.json", "[]")]
    [InlineData("data.ndjson", "")]
    public void A_run_has_nothing_to_read(string name, string content)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, content);
        folder.Write("p.yaml", $"pipeline: p\nsource: {name}\n{Stages}\ndataset: {{ name: d }}\n");
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("nothing new to read", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "validate", "p.yaml").ExitCode);
    }

    [Fact]
    public void A_header_alone_commits_zero_rows_and_the_rows_that_come_later()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.csv", "id,amount\n");
        folder.Write("p.yaml", $"pipeline: p\nsource: '*.csv'\n{Stages}\ndataset: {{ name: d }}\n");
        var first = DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q", "--json");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal(0, first.Json.GetProperty("stages")[0].GetProperty("in").GetInt64());
        folder.Write("b.csv", "id,amount\nx,2.5\ny,-1\n");
        folder.Write("c.csv", "");
        folder.Write("p.yaml", "pipeline: p\nsource: '*.csv'\ndataset: { name: d }\n");
        var second = DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q", "--json");
        Assert.Equal((0, 2), (second.ExitCode, second.Json.GetProperty("targets")[0].GetProperty("rows").GetInt64()));
    }

    [Fact]
    public void An_empty_source_beside_one_with_rows_gives_zero_rows()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.json", "[]");
        folder.Write("b.json", """[{"id": 1}]""");
        folder.Write("p.yaml", "pipeline: p\nsources: { a: a.json, b: b.json }\nstages:\n  - union: {}\n    from: [a, b]\ndataset: { name: d }\n");
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q", "--json");
        Assert.Equal((0, "", 1), (result.ExitCode, result.Error, result.Json.GetProperty("targets")[0].GetProperty("rows").GetInt64()));
    }

    [Fact]
    public void No_file_at_all_is_an_error()
    {
        using var folder = new TemporaryFolder();
        folder.Write("p.yaml", "pipeline: p\nsource: '*.json'\ndataset: { name: d }\n");
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("No file matches '*.json'.", result.Error, StringComparison.Ordinal);
    }
}
