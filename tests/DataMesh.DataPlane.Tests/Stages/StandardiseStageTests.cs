using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.DataPlane.Stages;

namespace DataMesh.DataPlane.Tests.Stages;

public class StandardiseStageTests
{
    [Theory]
    [InlineData(LetterCase.Upper, "straße é", "STRAßE É")]
    [InlineData(LetterCase.Lower, "ÀB c", "àb c")]
    [InlineData(LetterCase.Title, "o'neil NEW-york 2nd", "O'neil New-York 2nd")]
    public void Case(LetterCase letterCase, string text, string expected) => Gives(new StandardiseRule { Case = letterCase }, text, expected);

    [Theory]
    [InlineData("\u00a0 x\ty \u3000\ufeff", "x\ty", false)]
    [InlineData(" a \n\t b ", "a b", true)]
    [InlineData("   ", "", true)]
    public void White_space(string text, string expected, bool collapse) => Gives(new StandardiseRule { Collapse = collapse }, text, expected);

    [Fact]
    public void Trimming_can_be_left_off() => Gives(new StandardiseRule { Trim = false, Case = LetterCase.Upper }, " a ", " A ");

    [Theory]
    [InlineData(" N/A ")]
    [InlineData("")]
    [InlineData("ÉTÉ")]
    public void Null_tokens_ignore_case_and_ends(string text)
    {
        var stage = new StandardiseStage { Columns = { { "a", new StandardiseRule { NullTokens = ["n/a", "", "été"] } } } };
        StageTest.Gives(stage, $$"""{"a":{{JsonSerializer.Serialize(text)}}} {"a":"keep"}""", """{"a":null} {"a":"keep"}""");
    }

    [Theory]
    [InlineData("1,234.5", 1234.5)]
    [InlineData("$ 1,234,567", 1234567)]
    [InlineData("-$5", -5)]
    [InlineData("$-5.25", -5.25)]
    [InlineData("(1 000)", -1000)]
    [InlineData("1'000.50 €", 1000.5)]
    [InlineData("12,34,567", 1234567)]
    [InlineData("1e3", 1000)]
    [InlineData(".5", 0.5)]
    public void Numbers_with_separators(string text, double expected) =>
        StageTest.Gives(Number(new NumberStyle()), $$"""{"a":"{{text}}"}""", $$"""{"a":{{expected.ToString(System.Globalization.CultureInfo.InvariantCulture)}}}""");

    [Theory]
    [InlineData("1,2")]
    [InlineData("1,2345")]
    [InlineData("12.5.6")]
    [InlineData("abc")]
    [InlineData(",5")]
    [InlineData("1,234x")]
    public void What_is_no_number_goes_to_quarantine(string text) =>
        StageTest.Gives(Number(new NumberStyle()), $$"""{"a":"{{text}}"}""", "", "cast_failed");

    [Fact]
    public void Decimal_commas_and_exact_types() =>
        StageTest.Gives(Number(new NumberStyle { Decimal = ',', Type = DataType.Decimal(12, 2) }), """{"a":"1.234.567,89"} {"a":""}""", """{"a":1234567.89} {"a":null}""");

    [Fact]
    public void Columns_that_are_numbers_already_stay()
    {
        var stage = Number(new NumberStyle());
        Assert.Equal("a float64", StageTest.SchemaOf(stage, StageTest.SchemaFrom("a float64")));
        Assert.Equal("a float64", StageTest.SchemaOf(stage, StageTest.SchemaFrom("a int64")));
        Assert.NotNull(StageTest.BindError(stage, StageTest.SchemaFrom("a date")).Hint);
    }

    [Fact]
    public void A_rule_for_all_strings_leaves_named_columns_to_theirs()
    {
        var stage = new StandardiseStage { Strings = new StandardiseRule { Case = LetterCase.Upper }, Columns = { { "b", new StandardiseRule { Case = LetterCase.Lower } } } };
        StageTest.Gives(stage, """{"a":" x","b":"Y","n":1}""", """{"a":"X","b":"y","n":1}""");
    }

    private static void Gives(StandardiseRule rule, string text, string expected) => StageTest.Gives(
        new StandardiseStage { Columns = { { "a", rule } } }, $$"""{"a":{{JsonSerializer.Serialize(text)}}}""", $$"""{"a":{{JsonSerializer.Serialize(expected)}}}""");

    private static StandardiseStage Number(NumberStyle style) => new() { Columns = { { "a", new StandardiseRule { Number = style } } } };
}
