using System.Reflection;
using System.Text.Json;
using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;

namespace DataMesh.Cli.Tests;

/// <summary>The reference pages and the JSON Schema are made from the declarations; a stale page fails here. DATAMESH_REWRITE=1 writes them anew.</summary>
public class ReferencePagesTests
{
    private static readonly ComponentCatalog Catalog = ComponentCatalog.Scan(Assembly.Load("DataMesh.DataPlane"), Assembly.Load("DataMesh.Connectors"));

    [Theory]
    [InlineData(ComponentKind.Stage, "stages", "Stages", "What happens to rows on their way. How stages are written and wired: [the pipeline file](../pipeline-file.md).")]
    [InlineData(ComponentKind.Source, "sources", "Sources", "Where rows come from: the `source:` of [the pipeline file](../pipeline-file.md), with the name as `type`.")]
    [InlineData(ComponentKind.Sink, "sinks", "Sinks", "Where rows end: `dataset:` for tables, `sink:` with the name as `type` for the others. See [the pipeline file](../pipeline-file.md).")]
    public void Page_is_fresh(ComponentKind kind, string name, string title, string introduction) =>
        Check(Path.Combine("docs", "reference", name + ".md"), ReferencePage.Write(Catalog, kind, title, introduction));

    [Fact]
    public void Schema_is_fresh() => Check(
        Path.Combine("docs", "reference", "pipeline.schema.json"),
        PipelineJsonSchema.Build(Catalog).ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");

    [Fact]
    public void Every_option_can_be_described()
    {
        foreach (var component in Enum.GetValues<ComponentKind>().SelectMany(Catalog.Of))
        {
            var instance = component.Create();
            foreach (var option in component.Options.All)
            {
                Assert.NotEmpty(option.Shape.Describe());
                Assert.NotEmpty(option.Summary);
                _ = OptionDefaults.TextOf(option, instance);
            }
        }
    }

    private static void Check(string path, string expected)
    {
        var file = Path.Combine(SourceTree.Root, path);
        expected = expected.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("DATAMESH_REWRITE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, expected);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == expected, $"{path} is stale: run the tests with DATAMESH_REWRITE=1.");
    }
}
