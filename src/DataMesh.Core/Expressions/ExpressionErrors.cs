using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Expressions;

/// <summary>Makes errors that point at a place inside an expression.</summary>
public static class ExpressionErrors
{
    /// <summary>An error at <paramref name="offset"/> (in characters) of the expression.</summary>
    public static DataMeshException At(ExpressionText source, int offset, string primary, string? hint = null) =>
        new(primary, Locate(source, offset), Excerpt(source.Text, offset), hint);

    /// <summary>The file's line and column of a place inside an expression.</summary>
    public static Location Locate(ExpressionText source, int offset)
    {
        var before = source.Text.AsSpan(0, Math.Min(offset, source.Text.Length));
        var lines = before.Count('\n');
        var start = source.Location ?? new Location("expression", 1, 1);
        if (start.Line == 0) start = start with { Line = 1 };
        return lines == 0
            ? start with { Column = Math.Max(start.Column, 1) + offset }
            : start with { Line = start.Line + lines, Column = before.Length - before.LastIndexOf('\n') };
    }

    private static string Excerpt(string text, int offset)
    {
        const int around = 30;
        offset = Math.Min(offset, text.Length);
        var from = Math.Max(0, offset - around);
        var to = Math.Min(text.Length, offset + around);
        var shown = text[from..to].Replace('\n', ' ').Replace('\r', ' ').Replace('\t', ' ');
        var lead = from > 0 ? "…" : "";
        return $"{lead}{shown}{(to < text.Length ? "…" : "")}\n  {new string(' ', lead.Length + offset - from)}^";
    }
}
