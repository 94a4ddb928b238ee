using static DataMesh.Core.Expressions.FunctionCategory;

namespace DataMesh.Core.Expressions.Functions;

/// <summary>The operators, for the reference and for <c>explain</c>; the parser and the binder know their rules.</summary>
internal static class OperatorDeclarations
{
    public static FunctionDescription[] All { get; } =
    [
        new("+", Operators, "Sum; a date or timestamp plus an interval; a date plus days. An int64 or decimal result that does not fit fails its row.", ["number + number", "date + int64", "date + interval", "timestamp + interval"],
            ["1 + 2 => 3", "1 + 2.5 => 3.5", "date '2024-01-31' + interval '1 month' => date '2024-02-29'", "date '2024-02-28' + 2 => date '2024-03-01'"]),
        new("-", Operators, "Difference, or the negative of one number; date minus date is days.", ["number - number", "-number", "date - date", "date - int64", "date - interval", "timestamp - interval"],
            ["5 - 7 => -2", "date '2024-03-01' - date '2024-02-28' => 2", "timestamp '2024-01-01 00:00:00' - interval '1 hour' => timestamp '2023-12-31 23:00:00'"]),
        new("*", Operators, "Product. An int64 or decimal result that does not fit fails its row.", ["number * number"], ["6 * 7 => 42", "1.5 * 2 => 3.0"]),
        new("/", Operators, "Quotient, always a float64; null when the divisor is zero.", ["number / number"], ["7 / 2 => 3.5", "1 / 0 => null"]),
        new("//", Operators, "Whole quotient: of integers cut towards zero, of others rounded down (as float64); null when the divisor is zero.", ["number // number"], ["7 // 2 => 3", "-7 // 2 => -3", "1 // 0 => null"]),
        new("%", Operators, "Remainder with the sign of the dividend; null when the divisor is zero.", ["number % number"], ["7 % 3 => 1", "-7 % 3 => -1"]),
        new("^", Operators, "Power, as the function of that name.", ["number ^ number"], ["2 ^ 10 => 1024.0"]),
        new("||", Operators, "Joins two values as texts; null when one of them is null.", ["any || any"], ["'a' || 'b' => 'ab'", "'n' || 1 => 'n1'", "'a' || null => null"]),
        new("=", Operators, "Equal, also written ==; null when one side is null. NaN equals nothing.", ["any = any"], ["1 = 1.0 => true", "1 = null => null", "date '2024-01-01' = '2024-01-01' => true"]) { Aliases = ["=="] },
        new("<>", Operators, "Not equal, also written !=.", ["any <> any"], ["1 <> 2 => true"]) { Aliases = ["!="] },
        new("<", Operators, "Less. Texts compare by their code points, false is less than true.", ["any < any"], ["1 < 2 => true", "'a' < 'B' => false"]),
        new("<=", Operators, "Less or equal.", ["any <= any"], ["2 <= 2 => true"]),
        new(">", Operators, "Greater.", ["any > any"], ["2 > 1.5 => true"]),
        new(">=", Operators, "Greater or equal.", ["any >= any"], ["2 >= 3 => false"]),
        new("and", Operators, "True when both are; false when one is false, whatever the other; else null.", ["bool and bool"], ["true and null => null", "false and null => false"]),
        new("or", Operators, "False when both are; true when one is true, whatever the other; else null.", ["bool or bool"], ["true or null => true", "false or null => null"]),
        new("not", Operators, "The opposite; null of null.", ["not bool"], ["not true => false", "not null => null"]),
        new("is null", Operators, "Whether the value is null; also isnull.", ["any is null"], ["null is null => true", "1 is null => false"]) { Aliases = ["isnull"] },
        new("is not null", Operators, "Whether the value is there; also notnull.", ["any is not null"], ["1 is not null => true"]) { Aliases = ["notnull"] },
        new("is distinct from", Operators, "Not equal, with null as a value of its own: never null itself.", ["any is distinct from any"], ["1 is distinct from null => true", "null is distinct from null => false"]),
        new("is not distinct from", Operators, "Equal, with null as a value of its own: never null itself.", ["any is not distinct from any"], ["null is not distinct from null => true"]),
        new("is true", Operators, "Whether a condition is true (not false, not null); is false, is not true and is not false alike.", ["bool is true"], ["(null = 1) is true => false", "false is not true => true"]) { Aliases = ["is false"] },
        new("in", Operators, "Whether the value is in the list; null when it is not and the list holds null.", ["any in (any, …)"], ["2 in (1, 2) => true", "3 not in (1, 2) => true", "3 in (1, null) => null"]) { Aliases = ["not in"] },
        new("between", Operators, "Whether the value lies between two others, both included.", ["any between any and any"], ["5 between 1 and 5 => true", "5 not between 1 and 5 => false"]) { Aliases = ["not between"] },
        new("case", Operators, "The result of the first condition that is true; without else null. Failures behind a condition that is not true do not count.",
            ["case when condition then result … else result end", "case value when value then result … else result end"], ["case when 1 > 2 then 'a' else 'b' end => 'b'", "case 2 when 1 then 'one' when 2 then 'two' end => 'two'"]),
        new("cast", Operators, "Converts a value; a row whose value can not be converted fails. Also written x::type.", ["cast(any as type)", "any::type"], ["cast('12' as int64) => 12", "'1.5'::float64 => 1.5", "cast(2.5 as int64) => 2"]) { Aliases = ["::"] },
        new("try_cast", Operators, "Converts a value; null where it can not be converted.", ["try_cast(any as type)"], ["try_cast('x' as int64) => null"]),
        new("interval", Operators, "A span of time, to be added to or subtracted from a date or timestamp.", ["interval '3 days'", "interval 3 day"], ["date '2024-01-01' + interval '1 year 2 days' => date '2025-01-03'"]),
        new("~", Operators, "Whether a regular expression matches anywhere in the text; !~ is the opposite.", ["string ~ string"], ["'abc' ~ '^a' => true", "'abc' !~ '^a' => false"]) { Aliases = ["!~"] },
        new("->", Operators, "A member or element of a JSON value.", ["json -> string", "json -> int64"], ["cast('{\"a\":[1,2]}' -> 'a' -> 1 as int64) => 2"]),
        new("->>", Operators, "A member or element of a JSON value as a text.", ["json ->> string", "json ->> int64"], ["'{\"a\":\"x\"}' ->> 'a' => 'x'"]),
    ];
}
