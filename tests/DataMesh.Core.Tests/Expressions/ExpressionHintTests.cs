using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Expressions;

namespace DataMesh.Core.Tests.Expressions;

public class ExpressionHintTests
{
    private static readonly Schema Input = new([new Field("speed", DataType.Int64), new Field("name", DataType.String)]);

    [Theory]
    [InlineData("speed betwen 1 and 2", 6, "did you mean 'between'?")]
    [InlineData("speed between 1 adn 2", 16, "did you mean 'and'?")]
    [InlineData("name lke 'a%'", 5, "did you mean 'like'?")]
    [InlineData("case when speed > 1 thn 2 end", 20, "did you mean 'then'?")]
    [InlineData("cast(name as integr)", 13, "did you mean 'int64'?")]
    [InlineData("cast(name as varchar(20))", 13, "did you mean 'string'?")]
    [InlineData("lowr(name)", 0, "did you mean 'lower'?")]
    [InlineData("speed > 1 && speed < 2", 10, "write 'and'")]
    [InlineData("nam = 'x'", 0, "did you mean 'name'?")]
    public void Misspelt_words_get_the_nearest_one_at_their_place(string expression, int offset, string hint)
    {
        var error = ErrorOf(expression);
        Assert.Equal((offset + 1, hint), (error.Location?.Column, error.Hint));
    }

    [Theory]
    [InlineData("speed = 'x'", "An int64 can not be compared with a string.")]
    [InlineData("name = 1", "A string can not be compared with an int64.")]
    [InlineData("cast(speed as date)", "An int64 can not be cast to date.")]
    public void Types_have_the_article_that_goes_with_them(string expression, string message) => Assert.Equal(message, ErrorOf(expression).Message);

    private static DataMeshException ErrorOf(string expression) =>
        Assert.Throws<DataMeshException>(() => ExpressionBinder.Bind(new ExpressionText(expression, new Location("p.yaml", 1, 1)), Input));
}
