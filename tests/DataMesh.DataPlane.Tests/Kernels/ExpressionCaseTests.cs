namespace DataMesh.DataPlane.Tests.Kernels;

public class ExpressionCaseTests
{
    [Fact]
    public void Every_case_file_holds()
    {
        var wrong = ExpressionCase.All().Select(each => (Case: each, Problem: each.Run())).Where(each => each.Problem is not null).Select(each => $"{each.Case}\n    but was {each.Problem}").ToList();
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void There_are_cases() => Assert.True(ExpressionCase.All().Count() > 50);
}
