using DataMesh.Core.Errors;

namespace DataMesh.Core.Tests.Errors;

public class NearestTests
{
    [Theory]
    [InlineData("filtr", "filter")]
    [InlineData("betwen", "between")]
    [InlineData("adn", "and")]
    [InlineData("agee", "age")]
    [InlineData("standardize", "standardise")]
    public void Finds_what_a_slip_of_the_finger_meant(string word, string meant) =>
        Assert.Equal(meant, Nearest.Find(word, ["filter", "between", "and", "age", "standardise", "or"]));

    [Theory]
    [InlineData("x")]
    [InlineData("no")]
    [InlineData("cat")]
    [InlineData("date")]
    [InlineData("amount")]
    [InlineData("location")]
    public void Finds_nothing_for_a_word_that_is_just_another_one(string word) =>
        Assert.Null(Nearest.Find(word, ["or", "id", "dog", "name", "account_no", "relation", "rating"]));
}
