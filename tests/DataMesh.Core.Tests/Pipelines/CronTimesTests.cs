using System.Globalization;
using DataMesh.Core.Pipelines;

namespace DataMesh.Core.Tests.Pipelines;

public sealed class CronTimesTests
{
    [Theory]
    [InlineData("0 3 * * *", null, "2026-01-10T02:59:00Z", "2026-01-10T03:00:00Z")]
    [InlineData("0 3 * * *", null, "2026-01-10T03:00:00Z", "2026-01-11T03:00:00Z")]
    [InlineData("*/15 8-9 * * *", null, "2026-01-10T09:46:00Z", "2026-01-11T08:00:00Z")]
    [InlineData("30 6 1 * *", null, "2026-01-10T00:00:00Z", "2026-02-01T06:30:00Z")]
    [InlineData("0 0 * * 0", null, "2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")]
    [InlineData("0 0 * * 7", null, "2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")]
    [InlineData("0 0 * * mon-fri", null, "2026-01-10T00:00:00Z", "2026-01-12T00:00:00Z")]
    [InlineData("0 0 * * 1,3", null, "2026-01-12T00:00:00Z", "2026-01-14T00:00:00Z")]
    [InlineData("0 0 20 * mon", null, "2026-01-13T00:00:00Z", "2026-01-19T00:00:00Z")]
    [InlineData("0 0 20 * mon", null, "2026-01-19T00:00:00Z", "2026-01-20T00:00:00Z")]
    [InlineData("0 0 29 2 *", null, "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("0 0 * jan-mar fri-sun", null, "2026-01-12T00:00:00Z", "2026-01-16T00:00:00Z")]
    [InlineData("0 0 * * 6-7", null, "2026-01-12T00:00:00Z", "2026-01-17T00:00:00Z")]
    [InlineData("10 0 3 * * *", null, "2026-01-10T02:59:00Z", "2026-01-10T03:00:10Z")]
    [InlineData("0 3 * * *", "Europe/Oslo", "2026-07-10T00:30:00Z", "2026-07-10T01:00:00Z")]
    public void Times_are_those_of_crontab(string cron, string? zone, string after, string next)
    {
        Assert.True(CronTimes.TryParse(cron, zone, out var times, out var why), why);
        Assert.Equal(Time(next), times.Next(Time(after)));
    }

    [Theory]
    [InlineData("0 3 * *", null, "4 fields")]
    [InlineData("61 3 * * *", null, "")]
    [InlineData("0 3 * * *", "Europe/Olso", "time zone")]
    [InlineData("soon", null, "1 fields")]
    [InlineData("99 * * * *", null, "'99' is no minute: it goes from 0 to 59")]
    [InlineData("* 24 * * *", null, "no hour")]
    [InlineData("60 * * * * *", null, "no second")]
    [InlineData("0 0 0 * *", null, "no day of month")]
    [InlineData("0 0 1 13 *", null, "no month: it goes from 1 to 12, or jan to dec")]
    [InlineData("0 0 * * 8", null, "no day of week")]
    [InlineData("0 0 * * moo", null, "'moo' is no day of week")]
    [InlineData("1-2-3 * * * *", null, "no range")]
    [InlineData("5-2 * * * *", null, "goes backwards")]
    [InlineData("0 0 * * 5-1", null, "goes backwards")]
    [InlineData("*/0 * * * *", null, "step '0'")]
    [InlineData("*/99 * * * *", null, "step '99'")]
    [InlineData("0 0 31 2 *", null, "never come")]
    [InlineData("0 0 31 4,6 *", null, "never come")]
    public void What_is_no_expression_is_refused_with_a_reason(string cron, string? zone, string reason)
    {
        Assert.False(CronTimes.TryParse(cron, zone, out _, out var why));
        Assert.Contains(reason, why, StringComparison.Ordinal);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
