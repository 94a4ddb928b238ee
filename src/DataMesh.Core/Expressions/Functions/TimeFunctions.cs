using static DataMesh.Core.Expressions.FunctionCategory;

namespace DataMesh.Core.Expressions.Functions;

/// <summary>Functions of dates and timestamps. Timestamps are UTC. The current time is not offered: no result may depend on when a run happens.</summary>
internal static class TimeFunctions
{
    public static FunctionDescription[] All { get; } =
    [
        Part("year", "The year.", "year(date '2024-02-29') => 2024"),
        Part("quarter", "The quarter, 1 to 4.", "quarter(date '2024-05-01') => 2"),
        Part("month", "The month, 1 to 12.", "month(date '2024-02-29') => 2"),
        Part("week", "The ISO week, 1 to 53.", "week(date '2024-12-30') => 1", "weekofyear"),
        Part("day", "The day of the month.", "day(date '2024-02-29') => 29", "dayofmonth"),
        Part("hour", "The hour, 0 to 23.", "hour(timestamp '2024-02-29 13:45:06') => 13"),
        Part("minute", "The minute.", "minute(timestamp '2024-02-29 13:45:06') => 45"),
        Part("second", "The whole seconds of the minute.", "second(timestamp '2024-02-29 13:45:06.5') => 6"),
        Part("millisecond", "The milliseconds of the minute, with its seconds.", "millisecond(timestamp '2024-02-29 13:45:06.5') => 6500"),
        Part("microsecond", "The microseconds of the minute, with its seconds.", "microsecond(timestamp '2024-02-29 13:45:06.5') => 6500000"),
        Part("dayofweek", "The day of the week, Sunday 0 to Saturday 6.", "dayofweek(date '2024-02-29') => 4", "weekday"),
        Part("isodow", "The day of the week, Monday 1 to Sunday 7.", "isodow(date '2024-03-03') => 7"),
        Part("dayofyear", "The day of the year, from 1.", "dayofyear(date '2024-03-01') => 61"),
        Part("isoyear", "The year that the ISO week belongs to.", "isoyear(date '2024-12-30') => 2025"),
        Part("decade", "The year divided by ten.", "decade(date '2024-03-01') => 202"),
        Part("century", "The century.", "century(date '2024-03-01') => 21"),
        new("date_part", Time, "A part by name: year, quarter, month, week, day, hour, minute, second, millisecond, microsecond, dayofweek, isodow, dayofyear, isoyear, decade, century. Also written <c>extract(year from x)</c>.",
            ["date_part(part string, value date) -> int64", "date_part(part string, value timestamp) -> int64"], ["date_part('month', date '2024-02-29') => 2", "extract(hour from timestamp '2024-02-29 13:45:06') => 13"]) { Aliases = ["datepart"] },
        new("date_trunc", Time, "The beginning of the unit: microsecond to century. Weeks begin on Monday.",
            ["date_trunc(unit string, value date) -> date", "date_trunc(unit string, value timestamp) -> timestamp"],
            ["date_trunc('month', date '2024-02-29') => date '2024-02-01'", "date_trunc('hour', timestamp '2024-02-29 13:45:06') => timestamp '2024-02-29 13:00:00'"]) { Aliases = ["datetrunc"] },
        new("date_diff", Time, "How many borders of the unit lie between two instants.", ["date_diff(unit string, from timestamp, to timestamp) -> int64"],
            ["date_diff('day', date '2024-02-28', date '2024-03-01') => 2", "date_diff('year', date '2023-12-31', date '2024-01-01') => 1", "date_diff('minute', timestamp '2024-01-01 00:00:59', timestamp '2024-01-01 00:02:00') => 2"]) { Aliases = ["datediff"] },
        new("date_add", Time, "A number of units later; months end at the last day of a shorter month. Also <c>date_add(x, interval '3 days')</c> and <c>x + interval '3 days'</c>.",
            ["date_add(unit string, count int64, value timestamp) -> timestamp"],
            ["date_add('month', 1, date '2024-01-31') => timestamp '2024-02-29 00:00:00'", "date_add(date '2024-01-31', interval '1 day') => date '2024-02-01'"]),
        new("last_day", Time, "The last day of the month.", ["last_day(value date) -> date"], ["last_day(date '2024-02-10') => date '2024-02-29'"]),
        new("make_date", Time, "A date of year, month and day; a row whose day does not exist fails.", ["make_date(year int64, month int64, day int64) -> date"], ["make_date(2024, 2, 29) => date '2024-02-29'"]),
        new("make_timestamp", Time, "A timestamp of its parts.", ["make_timestamp(year int64, month int64, day int64, hour int64, minute int64, second float64) -> timestamp"],
            ["make_timestamp(2024, 2, 29, 13, 45, 6.5) => timestamp '2024-02-29 13:45:06.5'"]),
        new("to_timestamp", Time, "A timestamp from seconds since 1970.", ["to_timestamp(seconds float64) -> timestamp"], ["to_timestamp(1709214306) => timestamp '2024-02-29 13:45:06'"]) { Aliases = ["from_unixtime"] },
        new("epoch", Time, "Seconds since 1970, with their fraction.", ["epoch(value timestamp) -> float64"], ["epoch(timestamp '1970-01-02 00:00:00.5') => 86400.5"]),
        new("epoch_ms", Time, "Milliseconds since 1970; from a number the timestamp of that many milliseconds.", ["epoch_ms(value timestamp) -> int64", "epoch_ms(milliseconds int64) -> timestamp"],
            ["epoch_ms(timestamp '1970-01-01 00:00:01') => 1000", "epoch_ms(1709214306000) => timestamp '2024-02-29 13:45:06'"]),
        new("epoch_us", Time, "Microseconds since 1970.", ["epoch_us(value timestamp) -> int64"], ["epoch_us(timestamp '1970-01-01 00:00:01') => 1000000"]),
        new("strftime", Time, "The text of a date or timestamp by a pattern: %Y %m %d %H %M %S %f and so on, or yyyy MM dd HH mm ss.",
            ["strftime(value date, pattern string) -> string", "strftime(value timestamp, pattern string) -> string"],
            ["strftime(date '2024-02-29', '%d.%m.%Y') => '29.02.2024'", "strftime(timestamp '2024-02-29 13:45:06', 'yyyy/MM/dd hh:mm tt') => '2024/02/29 01:45 PM'"]),
        new("strptime", Time, "The timestamp that a text means by a pattern; a row whose text does not fit fails.", ["strptime(text string, pattern string) -> timestamp"],
            ["strptime('29.02.2024 13:45', '%d.%m.%Y %H:%M') => timestamp '2024-02-29 13:45:00'", "strptime('Feb 9, 2024', 'MMM d, yyyy') => timestamp '2024-02-09 00:00:00'"]),
        new("try_strptime", Time, "As <c>strptime</c>, but null for a text that does not fit.", ["try_strptime(text string, pattern string) -> timestamp?"], ["try_strptime('x', '%Y') => null"]),
        new("dayname", Time, "The English name of the day.", ["dayname(value timestamp) -> string"], ["dayname(date '2024-02-29') => 'Thursday'"]),
        new("monthname", Time, "The English name of the month.", ["monthname(value timestamp) -> string"], ["monthname(date '2024-02-29') => 'February'"]),
        new("timezone", Time, "The clock time in a time zone at an instant (UTC), for taking local parts of it.", ["timezone(zone string, value timestamp) -> timestamp"],
            ["timezone('Europe/Berlin', timestamp '2024-07-01 12:00:00') => timestamp '2024-07-01 14:00:00'"]),
        new("from_timezone", Time, "The instant (UTC) of a clock time in a time zone.", ["from_timezone(zone string, value timestamp) -> timestamp"],
            ["from_timezone('Europe/Berlin', timestamp '2024-07-01 14:00:00') => timestamp '2024-07-01 12:00:00'"]),
    ];

    private static FunctionDescription Part(string name, string summary, string example, params string[] aliases) =>
        new(name, Time, summary, [$"{name}(value date) -> int64", $"{name}(value timestamp) -> int64"], [example]) { Aliases = aliases };
}
