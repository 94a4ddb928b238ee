using DataMesh.Core.Pipelines;
using DataMesh.Core.Tests.Components;

namespace DataMesh.Core.Tests.Pipelines;

/// <summary>
/// The wrong-file gallery: every file in the folder <c>wrong</c> is a pipeline file with a mistake, and after the line <c>#= expected</c> the exact
/// report. A new case is a new file; DATAMESH_REWRITE=1 records the reports as they are now.
/// </summary>
public class WrongFileTests
{
    private const string Mark = "#= expected\n";

    private static string Folder => Path.Combine(SourceTree.Root, "tests", "DataMesh.Core.Tests", "Pipelines", "wrong");

    public static TheoryData<string> Cases => [.. Directory.EnumerateFiles(Folder, "*.yaml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Report_is_as_expected(string name)
    {
        var path = Path.Combine(Folder, name);
        var content = File.ReadAllText(path);
        var cut = content.IndexOf(Mark, StringComparison.Ordinal);
        var yaml = cut < 0 ? content : content[..cut];
        var reading = PipelineReader.ReadText(yaml, name, SampleComponents.Catalog, _ => null);
        var report = string.Concat(string.Join('\n', reading.Problems.Select(problem => problem.Render())).Split('\n').Select(line => $"# {line}".TrimEnd() + "\n"));
        if (Environment.GetEnvironmentVariable("DATAMESH_REWRITE") == "1") File.WriteAllText(path, yaml + Mark + report);
        else Assert.Equal(cut < 0 ? "" : content[(cut + Mark.Length)..].ReplaceLineEndings("\n"), report);
        Assert.NotEmpty(reading.Problems);
        Assert.All(reading.Problems, problem => Assert.True(problem.Location is { Line: > 0 }, "no line"));
    }
}
