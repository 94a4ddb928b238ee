using System.Security.Cryptography;
using System.Text;
using DataMesh.Core.Columns;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class MaskStageTests
{
    [Fact]
    public void Hash_is_hmac_sha256_under_the_salt_of_the_rule_or_the_stage()
    {
        var stage = new MaskStage { Salt = "s1", Columns = { { "a", new MaskRule { Method = MaskMethod.Hash } }, { "b", new MaskRule { Method = MaskMethod.Hash, Salt = "s2" } } } };
        StageTest.Gives(stage, """{"a":"x","b":"x"}""", $$"""{"a":"{{Hmac("s1", "x")}}","b":"{{Hmac("s2", "x")}}"}""");
    }

    [Theory]
    [InlineData(0, null, "123456", "**3456")]
    [InlineData(2, null, "123456", "12****")]
    [InlineData(1, 2, "äöüßé", "ä**ßé")]
    [InlineData(3, 3, "123456", "******")]
    [InlineData(0, 4, "", "")]
    [InlineData(0, 0, "😀a", "**")]
    public void Partial_counts_characters_and_never_shows_a_short_value(int first, int? last, string value, string expected) =>
        StageTest.Gives(
            new MaskStage { Columns = { { "a", new MaskRule { Method = MaskMethod.Partial, KeepFirst = first, KeepLast = last } } } },
            $$"""{"a":"{{value}}"}""", $$"""{"a":"{{expected}}"}""");

    [Fact]
    public void Any_type_becomes_text_and_null_stays_null()
    {
        var stage = new MaskStage { Columns = { { "*", new MaskRule { Method = MaskMethod.Redact } } } };
        Assert.Equal("a string, b string", StageTest.SchemaOf(stage, StageTest.SchemaFrom("a int64, b date")));
        StageTest.Gives(stage, """{"n":1,"f":true,"s":null,"d":1.5} {"n":null,"f":null,"s":null,"d":null}""", """{"n":"***","f":"***","s":null,"d":"***"} {}""");
    }

    [Fact]
    public void A_dictionary_entry_is_masked_once_over_many_batches()
    {
        var dictionary = new ValueDictionary();
        var stage = new MaskStage { Columns = { { "a", new MaskRule { Method = MaskMethod.Hash } } } };
        using var result = StageRunner.Run(stage, [Encoded(dictionary, "x", "y", null), Encoded(dictionary, "y", "z", "y")]);
        var columns = result.Outputs[0].Select(batch => (VarColumn)batch[0]).ToList();
        Assert.Same(columns[0].Dictionary, columns[1].Dictionary);
        Assert.Equal(4, columns[1].Dictionary!.Count);
        Assert.Equal(Hmac("", "z"), ValueText.Format(columns[1], 1));
    }

    [Fact]
    public void Errors_say_what_is_missing()
    {
        var schema = StageTest.SchemaFrom("name string");
        Assert.NotNull(StageTest.BindError(new MaskStage { Columns = { { "name", new MaskRule { Method = MaskMethod.Fixed } } } }, schema).Hint);
        Assert.Equal("did you mean 'name'?", StageTest.BindError(new MaskStage { Columns = { { "nam", new MaskRule() } } }, schema).Hint);
        Assert.NotNull(StageTest.BindError(new MaskStage { Columns = { { "name", new MaskRule { KeepFirst = -1 } } } }, schema));
    }

    private static RecordBatch Encoded(ValueDictionary dictionary, params string?[] values)
    {
        var codes = PooledBuffer.Rent<int>(values.Length);
        var validity = Bitmap.Ones(values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            codes.As<int>()[i] = values[i] is { } value ? dictionary.Add(Encoding.UTF8.GetBytes(value)) : 0;
            validity[i] = values[i] is not null;
        }

        return new RecordBatch(StageTest.SchemaFrom("a string"), [new VarColumn(DataType.String, codes, dictionary, values.Length, validity)], values.Length);
    }

    private static string Hmac(string salt, string value) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(salt), Encoding.UTF8.GetBytes(value)));
}
