using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>
/// An aggregate as written, <c>name([distinct] argument, … [order by key [asc|desc]]) [filter (where condition)]</c>, taken apart. The arguments stay text with their own places, so that
/// errors inside them point to the right column of the pipeline file.
/// </summary>
internal sealed record AggregateCall(string Name, bool Distinct, IReadOnlyList<ExpressionText> Arguments, ExpressionText? Filter, ExpressionText Text)
{
    /// <summary>What the rows are ordered by; null for the order of the source.</summary>
    public ExpressionText? OrderBy { get; init; }

    /// <summary>Whether the order goes down.</summary>
    public bool IsDescending { get; init; }

    /// <summary>Takes a call apart.</summary>
    public static AggregateCall Parse(ExpressionText text)
    {
        var scanner = new CallScanner(text);
        var name = scanner.Word();
        var arguments = scanner.Arguments(name.Length == 0);
        var distinct = arguments.Count > 0 && TakeWord(ref arguments, "distinct");
        if (arguments is [{ Text: "*" }]) arguments = [];
        var filter = scanner.Filter();
        var call = new AggregateCall(name.ToLowerInvariant(), distinct, arguments, filter, text);
        return arguments.Count > 0 && CallScanner.FindOrder(arguments[^1]) is { } order ? call.With(order) : call;
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

    /// <summary>The same with <c>order by</c>, at <paramref name="order"/> of the last argument, taken out of it.</summary>
    private AggregateCall With((int Start, int Key) order)
    {
        var last = Arguments[^1];
        var key = Piece(last, order.Key, last.Text.Length);
        var direction = key.Text[(key.Text.LastIndexOfAny([' ', '\n', '\t', ')', '"']) + 1)..].ToLowerInvariant();
        var hasDirection = direction is "asc" or "desc" && direction.Length < key.Text.Length;
        return this with
        {
            Arguments = [.. Arguments.SkipLast(1), Piece(last, 0, order.Start)],
            OrderBy = hasDirection ? Piece(key, 0, key.Text.Length - direction.Length) : key,
            IsDescending = hasDirection && direction == "desc",
        };
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
