using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>
/// An aggregate as written, <c>name([distinct] argument, …) [filter (where condition)]</c>, taken apart. The arguments stay text with their own places, so that
/// errors inside them point to the right column of the pipeline file.
/// </summary>
internal sealed record AggregateCall(string Name, bool Distinct, IReadOnlyList<ExpressionText> Arguments, ExpressionText? Filter, ExpressionText Text)
{
    /// <summary>Takes a call apart.</summary>
    public static AggregateCall Parse(ExpressionText text)
    {
        var scanner = new CallScanner(text);
        var name = scanner.Word();
        var arguments = scanner.Arguments(name.Length == 0);
        var distinct = arguments.Count > 0 && TakeWord(ref arguments, "distinct");
        if (arguments is [{ Text: "*" }]) arguments = [];
        var filter = scanner.Filter();
        return new AggregateCall(name.ToLowerInvariant(), distinct, arguments, filter, text);
    }

    /// <summary>An error at a place of <paramref name="text"/>.</summary>
    public static DataMeshException Error(ExpressionText text, int offset, string primary, string? hint = null) => new(primary, At(text, offset), hint: hint);

    /// <summary>A piece of a text with the place where it stands.</summary>
    public static ExpressionText Piece(ExpressionText text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text.Text[start])) start++;
        while (end > start && char.IsWhiteSpace(text.Text[end - 1])) end--;
        return new ExpressionText(text.Text[start..end], At(text, start));
    }

    private static Location? At(ExpressionText text, int offset) =>
        text.Location is { Line: > 0, Column: > 0 } place ? place with { Column = place.Column + offset } : text.Location;

    private static bool TakeWord(ref IReadOnlyList<ExpressionText> arguments, string word)
    {
        var first = arguments[0].Text;
        if (!first.StartsWith(word, StringComparison.OrdinalIgnoreCase) || first.Length <= word.Length || !char.IsWhiteSpace(first[word.Length])) return false;
        arguments = [Piece(arguments[0], word.Length, first.Length), .. arguments.Skip(1)];
        return true;
    }
}
