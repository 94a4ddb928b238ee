namespace DataMesh.Core.Expressions;

/// <content>The predicates that follow a value: <c>is</c>, <c>in</c>, <c>between</c>, <c>like</c>.</content>
public sealed partial class ExpressionParser
{
    /// <summary>The predicate that begins here with <paramref name="left"/> as its subject, or null.</summary>
    private ExpressionSyntax? Predicate(ExpressionSyntax left)
    {
        var offset = Now.Offset;
        if (TakeWord("is")) return Is(left, offset);
        if (Now.IsWord("isnull") || Now.IsWord("notnull"))
            return Call(offset, Take().IsWord("isnull") ? "is null" : "is not null", left);
        var negated = false;
        if (Now.IsWord("not"))
        {
            var next = _tokens[_at + 1];
            if (!next.IsWord("in") && !next.IsWord("between") && !next.IsWord("like") && !next.IsWord("ilike")) return null;
            Take();
            negated = true;
        }

        ExpressionSyntax? found = null;
        if (TakeWord("in")) found = In(left, offset);
        else if (TakeWord("between")) found = Between(left, offset);
        else if (Now.IsWord("like") || Now.IsWord("ilike")) found = Like(left, offset);
        return found is not null && negated ? Call(offset, "not", found) : found;
    }

    private CallSyntax Is(ExpressionSyntax left, int offset)
    {
        var negated = TakeWord("not");
        if (TakeWord("distinct"))
        {
            ExpectWord("from");
            return Call(offset, negated ? "is not distinct from" : "is distinct from", left, Binary(Concatenation));
        }

        if (TakeWord("null")) return Call(offset, negated ? "is not null" : "is null", left);
        if (Now.IsWord("true") || Now.IsWord("false"))
        {
            var literal = new LiteralSyntax(Now.Offset, Scalar.Of(Take().IsWord("true")));
            return Call(offset, negated ? "is distinct from" : "is not distinct from", left, literal);
        }

        throw Unexpected("null, true, false or distinct from");
    }

    private InSyntax In(ExpressionSyntax left, int offset)
    {
        Expect("(");
        var list = List(")");
        if (list.Count == 0) throw Unexpected("at least one value");
        return Checked(new InSyntax(offset, left, list) { Depth = Math.Max(left.Depth, Deepest(list)) + 1 });
    }

    private CallSyntax Between(ExpressionSyntax left, int offset)
    {
        var low = Binary(Concatenation);
        ExpectWord("and");
        return Call(offset, "between", left, low, Binary(Concatenation));
    }

    private CallSyntax Like(ExpressionSyntax left, int offset)
    {
        var name = Take().Text.ToLowerInvariant();
        var pattern = Binary(Concatenation);
        return TakeWord("escape") ? Call(offset, name, left, pattern, Binary(Concatenation)) : Call(offset, name, left, pattern);
    }

    /// <summary>Expressions separated by commas up to and including <paramref name="close"/>.</summary>
    private List<ExpressionSyntax> List(string close)
    {
        var list = new List<ExpressionSyntax>();
        if (TakeSymbol(close)) return list;
        do list.Add(Expression());
        while (TakeSymbol(","));
        Expect(close);
        return list;
    }
}
