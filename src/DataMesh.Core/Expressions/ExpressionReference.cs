using System.Text;

namespace DataMesh.Core.Expressions;

/// <summary>Writes the reference page of the expression language from the catalog.</summary>
public static class ExpressionReference
{
    private const string Introduction = """
        # Expressions

        <!-- Generated from the function catalog. Do not edit: change the declarations and run the tests with DATAMESH_REWRITE=1. -->

        Expressions are SQL-like. They are parsed once, bound to the schema of the rows and run column at a time.

        ## Writing them

        | | |
        |---|---|
        | texts | `'it''s'` in single quotes, a quote doubled |
        | numbers | `1`, `1_000_000`, `1.5`, `1e3` |
        | other literals | `true`, `false`, `null`, `date '2024-01-31'`, `timestamp '2024-01-31 12:34:56+02:00'`, `interval '3 days'` |
        | columns | `cost_total`, `properties.mag`; any other name in double quotes or backticks: `"Cost Total $"`. Case does not matter |
        | comments | `-- to the end of the line` |

        Precedence, from loose to tight: `or`; `and`; `not`; comparisons, `is`, `in`, `between`, `like`, `~`; `||`; `+ -`; `* / // %`; unary minus; `^`; `::`, `->`, `->>`.

        ## Types

        `bool int64 float64 decimal(p,s) string date timestamp binary json`. Implicit conversions:

        - null becomes any type;
        - int64 with float64 gives float64; int64 with decimal gives decimal; decimal with float64 gives float64. A literal such as `1.08` is a float64, but beside a decimal it is the exact decimal that is written;
        - date becomes timestamp (midnight UTC); json becomes string;
        - a text *literal* beside a date or timestamp is read as one: `flight_date > '2024-01-01'`.

        Nothing else converts by itself: comparing a text with a number is an error that names the cast to write.

        Decimals: `+` and `-` give one digit more before the point, `*` adds precisions and scales, `/` and `//` give float64; a result over 38 digits fails its row.

        Casts: texts are trimmed first. Text to int64 takes what loses nothing (`'3.0'`, `'1e3'`). Number to int64 rounds, a half to the even neighbour. Text to bool takes true/false, t/f, yes/no, y/n, on/off and 1/0. Text to date or timestamp takes ISO 8601.

        ## Nulls and failures

        Operators and functions give null when an argument is null, unless their description says otherwise. `and`, `or` and `not` follow SQL's three values. A filter keeps the rows where the condition is true.

        What has no mathematical result is null: a division by zero, the root or logarithm of a negative number. What does not fit or can not be read *fails its row*: an int64 or decimal overflow, a cast of a text that is not a number. A failed row goes to quarantine with the reason `expression_failed`. Failures count only where the value is used: behind a `case`, `if`, `coalesce`, `and` or `or` that does not take it they do not.

        Float64 follows IEEE 754: overflow is infinite, NaN equals nothing (not even NaN) and is neither less nor greater.

        ## Differences from other engines

        - DuckDB gives infinity or NaN for a float division by zero; here it is null.
        - DuckDB treats NaN as equal to itself and greatest.
        - `date + interval` of whole days or months stays a date; DuckDB and PostgreSQL give a timestamp.
        - `date_trunc` of a date stays a date, and centuries begin with the year 2001 (as in PostgreSQL); DuckDB gives a timestamp, and 2000.
        - `text ~ pattern` matches anywhere, as in PostgreSQL; DuckDB matches the whole text.
        - `timestamp - timestamp` is an error here; `date_diff` gives the distance in any unit.
        - A literal such as `1.5` is a decimal in DuckDB and a float64 here (unless it stands beside a decimal).
        - `cast('1.5' as int64)` rounds in DuckDB and fails here; `try_cast` gives null.
        - The square root or logarithm of what has none is null; DuckDB stops with an error.
        - `json_type` gives `object`, `array`, `string`, `number`, `boolean` or `null`; DuckDB names its own types.
        - `round`, `ceil` and `floor` of a decimal: `round` keeps the type and scale, the others give float64.
        - Timestamps as text end in `Z` with a `T` in the middle (ISO 8601).
        - Functions of the current time or of chance are not offered: a run after a crash must give the same rows.

        """;

    /// <summary>The page in Markdown.</summary>
    public static string Write()
    {
        var page = new StringBuilder(Introduction);
        foreach (var category in FunctionCatalog.All.GroupBy(each => each.Category))
        {
            page.Append("\n## ").Append(Title(category.Key)).Append("\n\n");
            foreach (var function in category) Write(function, page);
        }

        return page.Replace("\r\n", "\n").ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>One function's part of the page, as <c>explain</c> prints it too.</summary>
    public static string Describe(FunctionDescription function)
    {
        var text = new StringBuilder();
        Write(function, text);
        return text.ToString();
    }

    private static void Write(FunctionDescription function, StringBuilder page)
    {
        page.Append("### `").Append(function.Name).Append("`\n\n").Append(Code(function.Summary)).Append("\n\n");
        if (function.Aliases.Length > 0) page.Append("Also: ").AppendJoin(", ", function.Aliases.Select(alias => $"`{alias}`")).Append(".\n\n");
        page.Append("```\n").AppendJoin('\n', function.Signatures).Append("\n```\n\n");
        foreach (var example in function.Examples)
        {
            var arrow = example.LastIndexOf(" => ", StringComparison.Ordinal);
            page.Append("- `").Append(example.AsSpan(0, arrow)).Append("` gives `").Append(example.AsSpan(arrow + 4)).Append("`\n");
        }

        page.Append('\n');
    }

    private static string Code(string summary) =>
        summary.Replace("<c>", "`", StringComparison.Ordinal).Replace("</c>", "`", StringComparison.Ordinal);

    private static string Title(FunctionCategory category) => category switch
    {
        FunctionCategory.Patterns => "Patterns and regular expressions",
        FunctionCategory.Time => "Dates and times",
        FunctionCategory.Json => "JSON",
        FunctionCategory.Text => "Texts",
        _ => category.ToString(),
    };
}
