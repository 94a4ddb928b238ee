using System.Text;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Kernels;

/// <summary>The fields that a pattern can hold.</summary>
internal enum PatternField
{
    Literal, Space, Year, YearShort, Month, MonthName, MonthShort, Day, DayName, DayShort, DayOfYear, Hour24, Hour12, Minute, Second, Fraction, Meridiem, Offset, ZoneName, EpochSeconds,
}

/// <summary>One step of a pattern. <paramref name="Width"/>: digits for numbers (padded when <paramref name="Padded"/>) and fractions.</summary>
internal readonly record struct PatternStep(PatternField Field, byte Literal = 0, int Width = 2, bool Padded = true);

/// <summary>A compiled pattern of dates and times, read in strptime's or in .NET's spelling.</summary>
internal sealed partial class DateTimePattern(string text, PatternStep[] steps)
{
    /// <summary>The pattern as written.</summary>
    public string Text => text;

    public static DateTimePattern Parse(string text)
    {
        var steps = text.Contains('%') ? ParsePercent(text) : ParseLetters(text);
        if (steps.All(step => step.Field is PatternField.Literal or PatternField.Space)) throw Wrong(text, "it holds no field");
        return new DateTimePattern(text, [.. steps]);
    }

    private static DataMeshException Wrong(string text, string why) =>
        new($"'{text}' is not a pattern for dates: {why}.", hint: "write it as %d.%m.%Y %H:%M:%S or as dd.MM.yyyy HH:mm:ss");

    private static List<PatternStep> ParsePercent(string text)
    {
        var steps = new List<PatternStep>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                AddLiteral(steps, text[i].ToString());
                continue;
            }

            if (++i >= text.Length) throw Wrong(text, "it ends in %");
            var padded = text[i] != '-';
            if (!padded && ++i >= text.Length) throw Wrong(text, "it ends in %-");
            AddPercent(steps, text, text[i], padded);
        }

        return steps;
    }

    private static void AddPercent(List<PatternStep> steps, string text, char letter, bool padded)
    {
        switch (letter)
        {
            case 'Y': steps.Add(new(PatternField.Year, Width: 4)); break;
            case 'y': steps.Add(new(PatternField.YearShort)); break;
            case 'm': steps.Add(new(PatternField.Month, Padded: padded)); break;
            case 'd': steps.Add(new(PatternField.Day, Padded: padded)); break;
            case 'e': steps.Add(new(PatternField.Day, Padded: false)); break;
            case 'H': steps.Add(new(PatternField.Hour24, Padded: padded)); break;
            case 'I': steps.Add(new(PatternField.Hour12, Padded: padded)); break;
            case 'M': steps.Add(new(PatternField.Minute, Padded: padded)); break;
            case 'S': steps.Add(new(PatternField.Second, Padded: padded)); break;
            case 'f': steps.Add(new(PatternField.Fraction, Width: 6)); break;
            case 'g': steps.Add(new(PatternField.Fraction, Width: 3)); break;
            case 'p': steps.Add(new(PatternField.Meridiem)); break;
            case 'b' or 'h': steps.Add(new(PatternField.MonthShort)); break;
            case 'B': steps.Add(new(PatternField.MonthName)); break;
            case 'a': steps.Add(new(PatternField.DayShort)); break;
            case 'A': steps.Add(new(PatternField.DayName)); break;
            case 'j': steps.Add(new(PatternField.DayOfYear, Width: 3, Padded: padded)); break;
            case 'z': steps.Add(new(PatternField.Offset)); break;
            case 'Z': steps.Add(new(PatternField.ZoneName)); break;
            case 's': steps.Add(new(PatternField.EpochSeconds)); break;
            case 'F': steps.AddRange(ParsePercent("%Y-%m-%d")); break;
            case 'T': steps.AddRange(ParsePercent("%H:%M:%S")); break;
            case 'R': steps.AddRange(ParsePercent("%H:%M")); break;
            case 'D': steps.AddRange(ParsePercent("%m/%d/%y")); break;
            case '%': AddLiteral(steps, "%"); break;
            default: throw Wrong(text, $"%{letter} is unknown");
        }
    }

    private static List<PatternStep> ParseLetters(string text)
    {
        var steps = new List<PatternStep>();
        for (var i = 0; i < text.Length;)
        {
            var letter = text[i];
            if (letter is '\'' or '"')
            {
                var end = text.IndexOf(letter, i + 1);
                if (end < 0) throw Wrong(text, "a quote is not closed");
                AddLiteral(steps, text[(i + 1)..end]);
                i = end + 1;
                continue;
            }

            var run = 1;
            while (i + run < text.Length && text[i + run] == letter) run++;
            if (!char.IsAsciiLetter(letter) || (letter is 'T' or 'Z' && run == 1)) AddLiteral(steps, text.Substring(i, run));
            else steps.Add(FieldOf(text, letter, run));
            i += run;
        }

        return steps;
    }

    private static PatternStep FieldOf(string text, char letter, int run) => (letter, run) switch
    {
        ('y', 4) => new(PatternField.Year, Width: 4),
        ('y', 2) => new(PatternField.YearShort),
        ('M', <= 2) => new(PatternField.Month, Padded: run == 2),
        ('M', 3) => new(PatternField.MonthShort),
        ('M', 4) => new(PatternField.MonthName),
        ('d', <= 2) => new(PatternField.Day, Padded: run == 2),
        ('d', 3) => new(PatternField.DayShort),
        ('d', 4) => new(PatternField.DayName),
        ('H', <= 2) => new(PatternField.Hour24, Padded: run == 2),
        ('h', <= 2) => new(PatternField.Hour12, Padded: run == 2),
        ('m', <= 2) => new(PatternField.Minute, Padded: run == 2),
        ('s', <= 2) => new(PatternField.Second, Padded: run == 2),
        ('f' or 'F', <= 6) => new(PatternField.Fraction, Width: run),
        ('t', <= 2) => new(PatternField.Meridiem),
        ('z', <= 3) or ('K', 1) => new(PatternField.Offset),
        _ => throw Wrong(text, $"'{new string(letter, run)}' is unknown"),
    };

    private static void AddLiteral(List<PatternStep> steps, string literal)
    {
        foreach (var value in Encoding.UTF8.GetBytes(literal))
            steps.Add(value == ' ' ? new(PatternField.Space) : new(PatternField.Literal, value));
    }
}
