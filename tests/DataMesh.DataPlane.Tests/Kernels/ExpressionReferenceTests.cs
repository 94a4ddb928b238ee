using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Tests.Kernels;

public class ExpressionReferenceTests
{
    [Fact]
    public void The_reference_page_is_what_the_catalog_says()
    {
        var path = Path.Combine(RepositoryFolder(), "docs", "reference", "expressions.md");
        if (Environment.GetEnvironmentVariable("DATAMESH_REWRITE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, ExpressionReference.Write());
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == ExpressionReference.Write(), "docs/reference/expressions.md is stale: run the tests with DATAMESH_REWRITE=1.");
    }

    private static string RepositoryFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "DataMesh.Orleans.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
