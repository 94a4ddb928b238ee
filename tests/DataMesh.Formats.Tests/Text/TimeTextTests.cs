using System.Globalization;
using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Text;

public class TimeTextTests
{
    [Fact]
    public void Every_day_of_six_centuries_is_read_right()
    {
        var padded = new byte[64];
        for (var day = new DateOnly(1600, 1, 1); day.Year < 2200; day = day.AddDays(1))
        {
            Encoding.UTF8.GetBytes(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), padded);
            Assert.True(TimeText.TryFastDate(ref padded[0], 10, out var days));
            Assert.Equal(day.DayNumber - new DateOnly(1970, 1, 1).DayNumber, days);
        }
    }

    [Fact]
    public void The_fast_path_takes_only_what_the_slow_one_takes()
    {
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var text = $"{random.Next(0, 3000):0000}-{random.Next(0, 14):00}-{random.Next(0, 33):00} {random.Next(0, 26):00}:{random.Next(0, 61):00}:{random.Next(0, 61):00}".ToCharArray();
            if (random.Next(3) == 0) text[random.Next(19)] = "T-:0 9x/"[random.Next(8)];
            var bytes = Encoding.UTF8.GetBytes(new string(text) + "0123456789012345678901234567890");
            var isTime = TimeText.TryParseTime(bytes.AsSpan(0, 19), DateLayout.Iso, out var expected, out var hasZone, out _) && !hasZone;
            if (TimeText.TryFastTime(ref bytes[0], 19, out var micros)) Assert.True(isTime && micros == expected, new string(text));
            else Assert.False(isTime && text[10] is ' ' or 'T' && text[13] == ':' && text[16] == ':', new string(text));
        }
    }

    [Theory]
    [InlineData("2024-01-31T12:34:56.123456789Z", "2024-01-31T12:34:56.123456Z")]
    [InlineData("2024-01-31 12:34:56+0530", "2024-01-31T07:04:56Z")]
    [InlineData("2024-01-31 12:34", "2024-01-31T12:34:00Z")]
    [InlineData("2024-01-31 1:34 PM", "2024-01-31T13:34:00Z")]
    [InlineData("2024-01-31", "2024-01-31T00:00:00Z")]
    [InlineData("0999-02-28T23:59:59-01", "0999-03-01T00:59:59Z")]
    [InlineData("2023-02-29", null)]
    [InlineData("2024-01-31 24:00:00", null)]
    [InlineData("2024-01-31x", null)]
    public void Timestamps_take_many_forms(string text, string? expected)
    {
        var isTime = TimeText.TryParseTime(Encoding.UTF8.GetBytes(text), DateLayout.Iso, out var micros, out _, out _);
        Assert.Equal(expected is not null, isTime);
        if (!isTime) return;
        Span<byte> shown = stackalloc byte[ValueText.FixedMax];
        Assert.Equal(expected, Encoding.UTF8.GetString(shown[..ValueText.WriteTimestamp(micros, shown)]));
    }
}
