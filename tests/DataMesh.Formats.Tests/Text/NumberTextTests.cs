using System.Globalization;
using System.Text;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Text;

public class NumberTextTests
{
    [Theory]
    [InlineData("0", true)]
    [InlineData("-12", true)]
    [InlineData("9223372036854775807", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("007", false)]
    [InlineData("-07", false)]
    [InlineData("+7", false)]
    [InlineData("-", false)]
    [InlineData("1.0", false)]
    [InlineData("12a", false)]
    public void Integers_have_one_form(string text, bool isInteger)
    {
        Assert.Equal(isInteger, NumberText.TryParse(Encoding.UTF8.GetBytes(text), out long value));
        if (isInteger) Assert.Equal(long.Parse(text, CultureInfo.InvariantCulture), value);
        if (Fast(text, out long fast)) Assert.Equal((true, value), (isInteger, fast));
    }

    [Theory]
    [InlineData("0.5", true)]
    [InlineData("-0.0", true)]
    [InlineData(".5", true)]
    [InlineData("5.", true)]
    [InlineData("1e-7", true)]
    [InlineData("-1.25E+10", true)]
    [InlineData("NaN", true)]
    [InlineData("00.5", false)]
    [InlineData(".", false)]
    [InlineData("-.", false)]
    [InlineData("1.2.3", false)]
    [InlineData("1e", false)]
    [InlineData("1e999", false)]
    [InlineData("9007199254740993", false)]
    [InlineData("9007199254740993.0", true)]
    public void Decimal_numbers_are_recognised(string text, bool isNumber)
    {
        Assert.Equal(isNumber, NumberText.TryParse(Encoding.UTF8.GetBytes(text), out double value));
        if (Fast(text, out double fast)) Assert.Equal((true, BitConverter.DoubleToInt64Bits(value)), (isNumber, BitConverter.DoubleToInt64Bits(fast)));
    }

    [Fact]
    public void The_fast_path_agrees_with_the_slow_one_to_the_bit()
    {
        var random = new Random(1);
        var taken = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var text = (random.Next(2) == 0 ? "-" : "") + random.NextInt64(0, (long)Math.Pow(10, random.Next(1, 16))).ToString(CultureInfo.InvariantCulture);
            if (random.Next(3) > 0) text = text.Insert(random.Next(1, text.Length + 1), ".");
            if (random.Next(20) == 0) text = text.Insert(random.Next(text.Length), "x,. -"[random.Next(5)].ToString());
            var isNumber = NumberText.TryParse(Encoding.UTF8.GetBytes(text), out double expected);
            if (!Fast(text, out double value)) continue;
            taken++;
            Assert.True(isNumber && BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(value), text);
            if (Fast(text, out long whole)) Assert.Equal(expected, whole);
        }

        Assert.True(taken > 30_000);
    }

    private static bool Fast(string text, out double value) => NumberText.TryFast(ref Padded(text)[0], text.Length, out value);

    private static bool Fast(string text, out long value) => NumberText.TryFast(ref Padded(text)[0], text.Length, out value);

    /// <summary>What follows the text must not matter.</summary>
    private static byte[] Padded(string text) => Encoding.UTF8.GetBytes(text + ";123456789.123456789012345678901234567890");
}
