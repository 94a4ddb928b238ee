using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Expressions;

/// <summary>
/// Parses the expression language by precedence climbing. From loose to tight: <c>or</c>; <c>and</c>; <c>not</c>; comparisons, <c>is</c>, <c>in</c>,
/// <c>between</c>, <c>like</c>, <c>~</c>; <c>||</c>; <c>+ -</c>; <c>* / // %</c>; unary minus; <c>^</c>; <c>:: -> ->></c>.
/// </summary>
public sealed partial class ExpressionParser
{
    private const int Comparison = 1, Concatenation = 2, Sum = 3, Product = 4;

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "or", "not", "is", "in", "between", "like", "ilike", "case", "when", "then", "else", "end", "null", "true", "false", "cast", "try_cast", "from", "as",
    };

    private static readonly string[] Keywords = [.. Reserved, "isnull", "notnull", "distinct", "escape"];

    private readonly ExpressionText _source;
    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;

    private ExpressionParser(ExpressionText source)
    {
        _source = source;
        _tokens = new Tokenizer(source).Run();
    }

    private Token Now => _tokens[_at];

    /// <summary>Parses the whole text. Throws <see cref="DataMeshException"/> that points at the first wrong place.</summary>
    public static ExpressionSyntax Parse(ExpressionText source)
    {
        var parser = new ExpressionParser(source);
        if (parser.Now.Kind == TokenKind.End) throw ExpressionErrors.At(source, 0, "The expression is empty.");
        var tree = parser.Expression();
        if (parser.Now.Kind != TokenKind.End) throw parser.Unexpected("an operator or the end");
        return tree;
    }

    private ExpressionSyntax Expression()
    {
        if (++_depth > Limits.ExpressionDepthMax) throw TooDeep(Now.Offset);
        var tree = Logical(isAnd: false);
        _depth--;
        return tree;
    }

    private ExpressionSyntax Logical(bool isAnd)
    {
        var first = isAnd ? Not() : Logical(isAnd: true);
        var word = isAnd ? "and" : "or";
        if (!Now.IsWord(word)) return first;
        var terms = new List<ExpressionSyntax> { first };
        while (TakeWord(word)) terms.Add(isAnd ? Not() : Logical(isAnd: true));
        return Checked(new LogicalSyntax(first.Offset, isAnd, terms) { Depth = Deepest(terms) });
    }

    private ExpressionSyntax Not()
    {
        if (!Now.IsWord("not")) return Binary(Comparison);
        var offset = Take().Offset;
        if (++_depth > Limits.ExpressionDepthMax) throw TooDeep(offset);
        var value = Not();
        _depth--;
        return Call(offset, "not", value);
    }

    private ExpressionSyntax Binary(int level)
    {
        if (level > Product) return Unary();
        var left = Binary(level + 1);
        while (true)
        {
            if (level == Comparison && Predicate(left) is { } predicate)
            {
                left = predicate;
                continue;
            }

            if (OperatorAt(level) is not { } name) return left;
            var offset = Take().Offset;
            left = Call(offset, name, left, Binary(level + 1));
        }
    }

    private string? OperatorAt(int level)
    {
        if (Now.Kind != TokenKind.Symbol) return null;
        return (level, Now.Text) switch
        {
            (Comparison, "=" or "==") => "=",
            (Comparison, "<>" or "!=") => "<>",
            (Comparison, "<" or "<=" or ">" or ">=" or "~" or "!~") => Now.Text,
            (Concatenation, "||") => "||",
            (Sum, "+" or "-") => Now.Text,
            (Product, "*" or "/" or "//" or "%") => Now.Text,
            _ => null,
        };
    }

    private ExpressionSyntax Unary()
    {
        if (!Now.IsSymbol("-") && !Now.IsSymbol("+")) return Power();
        var sign = Take();
        if (sign.Text == "-" && Now.Kind is TokenKind.Integer or TokenKind.Number && !_tokens[_at + 1].IsSymbol("^") && !_tokens[_at + 1].IsSymbol("::"))
            return NumberLiteral(Take(), sign.Offset, "-");
        if (++_depth > Limits.ExpressionDepthMax) throw TooDeep(sign.Offset);
        var value = Unary();
        _depth--;
        return sign.Text == "-" ? Call(sign.Offset, "negate", value) : value;
    }

    private ExpressionSyntax Power()
    {
        var left = Postfix();
        while (Now.IsSymbol("^"))
        {
            var offset = Take().Offset;
            left = Call(offset, "power", left, Now.IsSymbol("-") ? Unary() : Postfix());
        }

        return left;
    }

    private ExpressionSyntax Postfix()
    {
        var value = Primary();
        while (true)
        {
            if (Now.IsSymbol("::"))
            {
                var offset = Take().Offset;
                value = Checked(new CastSyntax(offset, value, TypeName(), Try: false) { Depth = value.Depth + 1 });
            }
            else if (Now.IsSymbol("->") || Now.IsSymbol("->>"))
            {
                var arrow = Take();
                value = Call(arrow.Offset, arrow.Text, value, Primary());
            }
            else return value;
        }
    }

    private CallSyntax Call(int offset, string name, params IReadOnlyList<ExpressionSyntax> arguments) =>
        Checked(new CallSyntax(offset, name, arguments) { Depth = Deepest(arguments) });

    private T Checked<T>(T node) where T : ExpressionSyntax => node.Depth > Limits.ExpressionDepthMax ? throw TooDeep(node.Offset) : node;

    private static int Deepest(IEnumerable<ExpressionSyntax?> children) => 1 + children.Max(child => child?.Depth ?? 0);

    private DataMeshException TooDeep(int offset) =>
        ExpressionErrors.At(_source, offset, $"The expression is nested deeper than {Limits.ExpressionDepthMax} levels.", "compute parts of it in derived columns of their own");

    private DataMeshException Unexpected(string expected) =>
        ExpressionErrors.At(_source, Now.Offset, $"Expected {expected}, found {Now.Describe()}.", KeywordHint());

    /// <summary>The keyword that a word was probably meant to be, here or just before: <c>betwen 1</c> reads as a column and a number.</summary>
    private string? KeywordHint()
    {
        var word = Now.Kind != TokenKind.Word && _at > 0 ? _tokens[_at - 1] : Now;
        return word.Kind == TokenKind.Word && !Reserved.Contains(word.Text) && Nearest.Find(word.Text, Keywords) is { } near ? $"did you mean '{near}'?" : null;
    }

    private Token Take() => _tokens[Now.Kind == TokenKind.End ? _at : _at++];

    private bool TakeWord(string word)
    {
        if (!Now.IsWord(word)) return false;
        _at++;
        return true;
    }

    private bool TakeSymbol(string symbol)
    {
        if (!Now.IsSymbol(symbol)) return false;
        _at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!TakeSymbol(symbol)) throw Unexpected($"'{symbol}'");
    }

    private void ExpectWord(string word)
    {
        if (!TakeWord(word)) throw Unexpected($"'{word}'");
    }

    private DataType TypeName()
    {
        var start = Now;
        if (start.Kind != TokenKind.Word) throw Unexpected("a type");
        var name = Take().Text;
        if (name.Equals("double", StringComparison.OrdinalIgnoreCase)) TakeWord("precision");
        if (TakeSymbol("("))
        {
            name += "(" + Take().Text;
            if (TakeSymbol(",")) name += "," + Take().Text;
            Expect(")");
            name += ")";
        }

        if (DataType.TryParse(name, out var type) && type.Kind != TypeKind.Null) return type;
        throw ExpressionErrors.At(_source, start.Offset, $"There is no type '{name}'.", TypeNames.HintFor(name));
    }
}
