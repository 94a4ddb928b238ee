using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Tests.Kernels;

/// <summary>Whatever is written, the answer is a compiled expression or an error with a place: never another exception.</summary>
public class ParserFuzzTests
{
    private static readonly string[] Soup =
    [
        "i", "f", "s", "b", "d", "t", "m", "j", "n", "1", "2.5", "'x'", "''", "null", "true", "(", ")", "(", ")", ",", "+", "-", "*", "/", "//", "%", "||", "=", "<>", "<", ">=", "and", "or", "not", "is", "in",
        "between", "like", "case", "when", "then", "else", "end", "cast(", "as", "int64", "decimal(10,2)", "::", "->", "->>", "~", "interval '1 day'", "date '2024-01-01'", "upper(", "coalesce(", "date_trunc('day',",
        "greatest(", "extract(year from", "\"Cost Total $\"", "distinct", "from", "^", "[", "'2024-01-01'", "concat(", "round(", "regexp_matches(", "hash(",
    ];

    [Fact]
    public void Random_tokens_end_in_a_value_or_in_an_error_with_a_place()
    {
        using var batch = ExpressionRows.OneRow();
        var random = new Random(20240229);
        var compiledCount = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => Soup[random.Next(Soup.Length)]));
            try
            {
                using var column = CompiledExpression.Compile(new ExpressionText(text), batch.Schema).CreateEvaluator().Evaluate(batch, out _);
                Assert.Equal(1, column.Length);
                compiledCount++;
            }
            catch (DataMeshException error)
            {
                Assert.True(error.Location is { Line: > 0 }, text);
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{text}\n{error}");
            }
        }

        Assert.True(compiledCount > 200);
    }

    [Theory]
    [InlineData("(", 100_000)]
    [InlineData("(", 60_000)]
    [InlineData("not ", 10_000)]
    [InlineData("- ", 30_000)]
    [InlineData("upper(", 9_000)]
    [InlineData("case when ", 6_000)]
    [InlineData("1 + ", 15_000)]
    [InlineData("i and ", 10_000)]
    public void Deep_and_long_expressions_are_refused_not_crashed_on(string part, int times)
    {
        using var batch = ExpressionRows.OneRow();
        var text = string.Concat(Enumerable.Repeat(part, times)) + "1";
        Assert.Throws<DataMeshException>(() => CompiledExpression.Compile(new ExpressionText(text), batch.Schema));
    }

    [Fact]
    public void A_condition_of_many_terms_is_not_deep()
    {
        using var batch = ExpressionRows.OneRow();
        var text = string.Join(" or ", Enumerable.Range(100, 2000).Select(i => $"i = {i}"));
        using var rows = CompiledExpression.Compile(new ExpressionText(text), batch.Schema).CreateEvaluator().EvaluateFilter(batch, out _);
        Assert.False(rows[0]);
    }

    [Fact]
    public void Errors_point_into_the_pipeline_file()
    {
        var error = Assert.Throws<DataMeshException>(() => CompiledExpression.Compile(new ExpressionText("a > 1 and\n  amont > 2", new Location("p.yaml", 7, 13)), new Schema([new Field("a", DataType.Int64), new Field("amount", DataType.Int64)])));
        Assert.Equal(new Location("p.yaml", 8, 3), error.Location);
        Assert.Contains("'amount'", error.Hint);
        error = Assert.Throws<DataMeshException>(() => CompiledExpression.Compile(new ExpressionText("uper(a)", new Location("p.yaml", 7, 13)), new Schema([new Field("a", DataType.String)])));
        Assert.Equal(new Location("p.yaml", 7, 13), error.Location);
        Assert.Contains("'upper'", error.Hint);
    }
}
