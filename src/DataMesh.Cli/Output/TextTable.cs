using System.Globalization;
using System.Text;

namespace DataMesh.Cli.Output;

/// <summary>A table in plain text: aligned columns, cut to the width of the terminal.</summary>
internal sealed class TextTable(params string[] headers)
{
    private const int NarrowestColumn = 6;
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];
    private readonly bool[] _isRight = new bool[headers.Length];

    /// <summary>Aligns columns to the right.</summary>
    public TextTable Right(params ReadOnlySpan<int> columns)
    {
        foreach (var column in columns) _isRight[column] = true;
        return this;
    }

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(OneLine)]);

    /// <summary>Prints the table.</summary>
    public void Print(string indent = "")
    {
        var widths = Fit(Terminal.Width - indent.Length);
        var shown = widths.Count(width => width > 0);
        Terminal.Line(indent + Terminal.Bold(Row(headers, widths, shown)));
        foreach (var row in _rows) Terminal.Line(indent + Row(row, widths, shown));
        if (shown < headers.Length) Terminal.Line(indent + Terminal.Dim($"({headers.Length - shown} more columns: {string.Join(", ", headers.Skip(shown))})"));
    }

    /// <summary>The header and the rows, cut to a width.</summary>
    public IReadOnlyList<string> Lines(int width)
    {
        var widths = Fit(width);
        var shown = widths.Count(each => each > 0);
        return [Row(headers, widths, shown), .. _rows.Select(row => Row(row, widths, shown))];
    }

    /// <summary>How wide the table is when nothing is cut.</summary>
    public int Width => Natural().Sum() + (headers.Length - 1) * Gap.Length;

    /// <summary>A number with thousands separators.</summary>
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string OneLine(string text)
    {
        if (!text.AsSpan().ContainsAny('\n', '\r', '\t') && !text.Any(char.IsControl)) return text;
        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
    }

    /// <summary>Widths of the columns: natural if all fit, else the widest are narrowed; columns that still do not fit are left out (0).</summary>
    private int[] Fit(int room)
    {
        var widths = Natural();
        var shown = widths.Length;
        while (shown > 1 && widths.Take(shown).Sum(width => Math.Min(width, NarrowestColumn)) + (shown - 1) * Gap.Length > room) shown--;
        Array.Clear(widths, shown, widths.Length - shown);
        while (widths.Sum() + (shown - 1) * Gap.Length > room)
        {
            var widest = Array.IndexOf(widths, widths.Max());
            if (widths[widest] <= NarrowestColumn) break;
            var over = widths.Sum() + (shown - 1) * Gap.Length - room;
            var second = widths.Where((_, i) => i != widest).DefaultIfEmpty(NarrowestColumn).Max();
            widths[widest] = Math.Max(NarrowestColumn, Math.Max(widths[widest] - over, Math.Min(second, widths[widest] - 1)));
        }

        return widths;
    }

    private int[] Natural() => [.. headers.Select((header, i) => _rows.Select(row => Display(row[i])).Append(Display(header)).Max())];

    private string Row(IReadOnlyList<string> cells, int[] widths, int shown)
    {
        var line = new StringBuilder();
        for (var i = 0; i < shown; i++)
        {
            var text = Cut(cells[i], widths[i]);
            var padding = new string(' ', Math.Max(0, widths[i] - Display(text)));
            if (i > 0) line.Append(Gap);
            line.Append(_isRight[i] ? padding + text : text + padding);
        }

        return line.ToString().TrimEnd();
    }

    private static string Cut(string text, int width)
    {
        if (Display(text) <= width) return text;
        var cut = width - 1;
        if (char.IsHighSurrogate(text[cut - 1])) cut--;
        return text[..cut] + "…";
    }

    private static int Display(string text) => text.Length;
}
