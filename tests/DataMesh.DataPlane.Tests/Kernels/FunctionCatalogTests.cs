using DataMesh.Core.Expressions;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Tests.Kernels;

public class FunctionCatalogTests
{
    // Bound as nodes of their own or as an operator.
    private static readonly string[] WithoutKernel = ["coalesce", "nullif", "if", "mod"];

    [Fact]
    public void Every_example_gives_what_it_says()
    {
        var wrong = FunctionCatalog.All
            .SelectMany(function => function.Examples.Select(example => ExpressionCase.Parse(function.Name, 0, example)))
            .Select(example => (example, problem: example.Run()))
            .Where(each => each.problem is not null)
            .Select(each => $"{each.example}\n    but was {each.problem}")
            .ToList();
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Every_function_has_examples_and_every_form_a_kernel()
    {
        var keys = KernelCatalog.Keys.ToHashSet();
        var missing = FunctionCatalog.All.Where(each => !WithoutKernel.Contains(each.Name)).SelectMany(each => each.Forms).Select(form => form.Key).Where(key => !keys.Contains(key)).ToList();
        Assert.Empty(missing);
        Assert.Empty(FunctionCatalog.All.Where(each => each.Examples.Length == 0).Select(each => each.Name));
    }

    [Fact]
    public void Every_kernel_belongs_to_a_function()
    {
        var forms = FunctionCatalog.All.SelectMany(each => each.Forms).Select(form => form.Key).ToHashSet();
        Assert.Equal(["||"], KernelCatalog.Keys.Where(key => !forms.Contains(key)));
    }

    [Theory]
    [InlineData("UPPER", "upper")]
    [InlineData("substring", "substr")]
    [InlineData("is null", "is null")]
    public void Functions_are_found_by_name_and_alias(string name, string found) => Assert.Equal(found, FunctionCatalog.Find(name)?.Name);
}
