using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Text;

/// <summary>Readers of four values agree to the bit with the readers of one, and take what is usual.</summary>
public class FourAtOnceTests
{
    private const int Before = 32;

    [Theory]
    [InlineData("1", "-22", "9007199254740992", "")]
    [InlineData("0", "-0", "1234567890123456", "7")]
    public void Usual_integers_are_taken(params string[] texts) => Assert.Equal(FourNumbers.IsSupported, AgreesOnIntegers(texts));

    [Theory]
    [InlineData("01", "2", "3", "4")]
    [InlineData("1", "-", "3", "4")]
    [InlineData("1", "2", "-01", "4")]
    [InlineData("1", "2", "3", "12345678901234567")]
    [InlineData("1", "2", "3", "4x")]
    [InlineData("1", "2", "3", "--4")]
    [InlineData("1", "2", "4-", "3")]
    [InlineData("1.", "2", "4", "3")]
    public void Unusual_integers_are_left(params string[] texts) => Assert.False(AgreesOnIntegers(texts));

    [Theory]
    [InlineData("1.5", "-22.25", "0.1", "")]
    [InlineData("-0.0", "5.", "123456789012345", "40.521343")]
    [InlineData("0", "9007199254740992", "0.00000000000001", "-74.038360")]
    public void Usual_decimals_are_taken(params string[] texts) => Assert.Equal(FourNumbers.IsSupported, AgreesOnDecimals(texts));

    [Theory]
    [InlineData("1.2.3", "2", "3", "4")]
    [InlineData(".5", "2", "3", "4")]
    [InlineData("1", "-.5", "3", "4")]
    [InlineData("1", "00.5", "3", "4")]
    [InlineData("1", "2", "1e5", "4")]
    [InlineData("1", "2", "3", ".")]
    [InlineData("1", "2", "3", "9007199254740993")]
    public void Unusual_decimals_are_left(params string[] texts) => Assert.False(AgreesOnDecimals(texts));

    [Fact]
    public void Random_numbers_agree()
    {
        var random = new Random(5);
        var taken = 0;
        for (var i = 0; i < 40_000; i++)
        {
            var texts = Enumerable.Range(0, 4).Select(_ => RandomNumber(random)).ToArray();
            taken += AgreesOnDecimals(texts) ? 1 : 0;
            AgreesOnIntegers([.. texts.Select(text => text.Replace(".", "", StringComparison.Ordinal))]);
        }

        if (FourNumbers.IsSupported) Assert.InRange(taken, 20_000, 40_000);
    }

    [Fact]
    public void Every_day_agrees()
    {
        var time = new DateTime(1, 1, 1);
        while (time < new DateTime(9999, 12, 25))
        {
            var texts = new string[4];
            for (var i = 0; i < 4; i++, time = time.AddSeconds(86_399)) texts[i] = time.ToString(i == 1 ? "yyyy-MM-ddTHH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            Assert.Equal(FourTimes.IsSupported, AgreesOnTimes(texts));
        }
    }

    [Theory]
    [InlineData("2023-02-29 00:00:00")]
    [InlineData("1900-02-29 00:00:00")]
    [InlineData("2024-04-31 00:00:00")]
    [InlineData("2024-13-01 00:00:00")]
    [InlineData("2024-00-01 00:00:00")]
    [InlineData("2024-01-00 00:00:00")]
    [InlineData("0000-01-01 00:00:00")]
    [InlineData("2024-01-01 24:00:00")]
    [InlineData("2024-01-01 00:60:00")]
    [InlineData("2024-01-01 00:00:60")]
    [InlineData("2024-01-01x00:00:00")]
    [InlineData("2024-01-01!00:00:00")]
    [InlineData("2024/01/01 00:00:00")]
    [InlineData("2x24-01-01 00:00:00")]
    [InlineData("2024-01-01 00:00:0")]
    [InlineData("")]
    public void What_is_no_such_time_is_left(string text)
    {
        for (var at = 0; at < 4; at++)
        {
            var texts = Enumerable.Repeat("2024-02-29 23:59:59", 4).ToArray();
            texts[at] = text;
            Assert.False(AgreesOnTimes(texts));
        }
    }

    [Fact]
    public void Damaged_times_agree()
    {
        var random = new Random(6);
        for (var i = 0; i < 20_000; i++)
        {
            var texts = Enumerable.Range(0, 4).Select(_ => new DateTime(random.NextInt64(DateTime.MaxValue.Ticks)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture).ToCharArray()).ToArray();
            texts[random.Next(4)][random.Next(19)] = (char)random.Next(0x20, 0x7F);
            AgreesOnTimes([.. texts.Select(text => new string(text))]);
        }
    }

    private static string RandomNumber(Random random)
    {
        if (random.Next(20) == 0) return "";
        var text = random.NextInt64(0, (long)Math.Pow(10, random.Next(1, 16))).ToString(CultureInfo.InvariantCulture);
        if (random.Next(3) > 0) text = text.Insert(random.Next(1, text.Length + 1), ".");
        if (random.Next(50) == 0) text = text.Insert(random.Next(text.Length), "x,. -/:"[random.Next(7)].ToString());
        return random.Next(2) == 0 ? "-" + text : text;
    }

    private static bool AgreesOnIntegers(string[] texts) => Agrees<long>(
        texts, (ref byte text, Vector128<int> ends, Vector128<int> lengths, ref long values) => FourNumbers.TryRead(ref text, ends, lengths, ref values), NumberText.TryFast);

    private static bool AgreesOnDecimals(string[] texts) => Agrees<double>(
        texts, (ref byte text, Vector128<int> ends, Vector128<int> lengths, ref double values) => FourNumbers.TryRead(ref text, ends, lengths, ref values), NumberText.TryFast);

    private static bool AgreesOnTimes(string[] texts) => Agrees<long>(
        texts, (ref byte text, Vector128<int> ends, Vector128<int> lengths, ref long values) => FourTimes.TryRead(ref text, ends, lengths, ref values), TimeText.TryFastTime);

    /// <summary>Whether all four are taken; they are exactly then when each is taken alone (empty ones aside), and with the same values.</summary>
    private static bool Agrees<T>(string[] texts, FourReader<T> four, OneReader<T> one) where T : unmanaged
    {
        if (!FourNumbers.IsSupported) return false;
        var bytes = Encoding.UTF8.GetBytes(new string('9', Before) + string.Join(',', texts) + new string('9', Before));
        var (ends, at) = (new int[4], Before);
        for (var i = 0; i < 4; i++, at++) ends[i] = at += texts[i].Length;
        var values = new T[4];
        var isTaken = four(ref bytes[0], Vector128.Create(ends), Vector128.Create([.. texts.Select(text => text.Length)]), ref values[0]);
        var areTaken = true;
        for (var i = 0; i < 4; i++)
        {
            if (texts[i].Length == 0) continue;
            var isOne = one(ref bytes[ends[i] - texts[i].Length], texts[i].Length, out var value);
            if (isTaken) Assert.Equal((texts[i], true, value.ToString()), (texts[i], isOne, values[i].ToString()));
            // One by one, a minus may stand before sixteen characters; a lane has no room for it.
            areTaken &= isOne && texts[i].Length <= (typeof(T) == typeof(long) && texts[i].Contains(':', StringComparison.Ordinal) ? 19 : 16);
        }

        if (texts.All(text => text.Length > 0)) Assert.Equal((string.Join(' ', texts), areTaken), (string.Join(' ', texts), isTaken));
        return isTaken;
    }

    private delegate bool FourReader<T>(ref byte text, Vector128<int> ends, Vector128<int> lengths, ref T values);

    private delegate bool OneReader<T>(ref byte text, int length, out T value);
}
