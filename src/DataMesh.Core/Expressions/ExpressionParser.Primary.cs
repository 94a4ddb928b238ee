using System.Globalization;
using DataMesh.Core.Columns;

namespace DataMesh.Core.Expressions;

/// <content>Literals, names, calls, parentheses and the forms with syntax of their own.</content>
public sealed partial class ExpressionParser
{
    private ExpressionSyntax Primary()
    {
        var token = Now;
        switch (token.Kind)
        {
            case TokenKind.Text: return new LiteralSyntax(Take().Offset, Scalar.Of(token.Text));
            case TokenKind.Integer or TokenKind.Number: return NumberLiteral(Take(), token.Offset, "");
            case TokenKind.QuotedName: return new ColumnSyntax(Take().Offset, token.Text);
            case TokenKind.Word: return Word(token);
            case TokenKind.Symbol when token.Text == "(": return Parenthesis();
            default: throw Unexpected("a value, column or function");
        }
    }

    private ExpressionSyntax Parenthesis()
    {
        Expect("(");
        var inner = Expression();
        Expect(")");
        return inner;
    }

    private LiteralSyntax NumberLiteral(Token token, int offset, string sign)
    {
        var text = sign + token.Text;
        if (token.Kind == TokenKind.Integer && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return new LiteralSyntax(offset, Scalar.Of(whole), text);
        return new LiteralSyntax(offset, Scalar.Of(double.Parse(text, CultureInfo.InvariantCulture)), text);
    }

    private ExpressionSyntax Word(Token token)
    {
        var next = _tokens[_at + 1];
        var word = token.Text.ToLowerInvariant();
        switch (word)
        {
            case "null": return new LiteralSyntax(Take().Offset, Scalar.Null(DataType.Null));
            case "true" or "false": return new LiteralSyntax(Take().Offset, Scalar.Of(word == "true"));
            case "case": return Case();
            case "cast" or "try_cast" when next.IsSymbol("("): return Cast(word == "try_cast");
            case "extract" when next.IsSymbol("("): return Extract();
            case "position" when next.IsSymbol("("): return Position();
            case "interval" when next.Kind is TokenKind.Text or TokenKind.Integer || next.IsSymbol("-"): return Interval();
            case "date" or "timestamp" or "timestamptz" when next.Kind == TokenKind.Text: return DateLiteral(word == "date");
        }

        if (next.IsSymbol("(")) return FunctionCall();
        if (Reserved.Contains(word)) throw ExpressionErrors.At(_source, token.Offset, $"'{token.Text}' can not stand here.", $"a column of this name goes in double quotes: \"{token.Text}\"");
        return new ColumnSyntax(Take().Offset, token.Text);
    }

    private CallSyntax FunctionCall()
    {
        var name = Take();
        Expect("(");
        return FinishCall(name.Offset, name.Text.ToLowerInvariant(), List(")"));
    }

    private CallSyntax FinishCall(int offset, string name, List<ExpressionSyntax> arguments) =>
        Checked(new CallSyntax(offset, name, arguments) { Depth = arguments.Count == 0 ? 1 : Deepest(arguments) });

    private CastSyntax Cast(bool isTry)
    {
        var offset = Take().Offset;
        Expect("(");
        var value = Expression();
        ExpectWord("as");
        var type = TypeName();
        Expect(")");
        return Checked(new CastSyntax(offset, value, type, isTry) { Depth = value.Depth + 1 });
    }

    private CaseSyntax Case()
    {
        var offset = Take().Offset;
        var operand = Now.IsWord("when") ? null : Expression();
        var branches = new List<(ExpressionSyntax, ExpressionSyntax)>();
        var depth = operand?.Depth ?? 0;
        while (TakeWord("when"))
        {
            var when = Expression();
            ExpectWord("then");
            var then = Expression();
            branches.Add((when, then));
            depth = Math.Max(depth, Math.Max(when.Depth, then.Depth));
        }

        if (branches.Count == 0) throw Unexpected("'when'");
        var otherwise = TakeWord("else") ? Expression() : null;
        ExpectWord("end");
        return Checked(new CaseSyntax(offset, operand, branches, otherwise) { Depth = Math.Max(depth, otherwise?.Depth ?? 0) + 1 });
    }

    /// <summary><c>extract(year from x)</c>.</summary>
    private CallSyntax Extract()
    {
        var offset = Take().Offset;
        Expect("(");
        if (Now.Kind is not (TokenKind.Word or TokenKind.Text)) throw Unexpected("a part such as year or hour");
        var part = Take();
        if (!TakeWord("from")) Expect(",");
        var value = Expression();
        Expect(")");
        return Call(offset, "date_part", new LiteralSyntax(part.Offset, Scalar.Of(part.Text.ToLowerInvariant())), value);
    }

    /// <summary><c>position('x' in y)</c>, or with a comma as <c>position(y, 'x')</c>.</summary>
    private CallSyntax Position()
    {
        var offset = Take().Offset;
        Expect("(");
        var first = Binary(Concatenation);
        var isIn = TakeWord("in");
        if (!isIn) Expect(",");
        var second = Binary(Concatenation);
        Expect(")");
        return isIn ? Call(offset, "position", second, first) : Call(offset, "position", first, second);
    }

    private LiteralSyntax DateLiteral(bool isDate)
    {
        var offset = Take().Offset;
        var text = Take();
        var bytes = System.Text.Encoding.UTF8.GetBytes(text.Text);
        if (isDate && DateTimeParser.TryDate(bytes, out var days)) return new LiteralSyntax(offset, Scalar.Date(days));
        if (!isDate && DateTimeParser.TryTimestamp(bytes, null, out var micros)) return new LiteralSyntax(offset, Scalar.Timestamp(micros));
        throw ExpressionErrors.At(_source, text.Offset, $"'{text.Text}' is not a {(isDate ? "date" : "timestamp")}.", isDate ? "write it as '2024-01-31'" : "write it as '2024-01-31 12:34:56'");
    }

    /// <summary><c>interval '3 days 2 hours'</c>, <c>interval '3' day</c> or <c>interval 3 day</c>.</summary>
    private IntervalSyntax Interval()
    {
        var offset = Take().Offset;
        var sign = TakeSymbol("-") ? "-" : "";
        var amount = Take();
        var text = sign + amount.Text;
        if (Now.Kind == TokenKind.Word && IntervalParser.IsUnit(Now.Text)) text += " " + Take().Text;
        if (IntervalParser.TryParse(text, out var months, out var micros)) return new IntervalSyntax(offset, months, micros);
        throw ExpressionErrors.At(_source, amount.Offset, $"'{text}' is not a span of time.", "write it as interval '3 days' or interval '1 month 2 hours'");
    }
}
