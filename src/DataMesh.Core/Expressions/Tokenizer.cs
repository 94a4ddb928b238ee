using System.Text;
using DataMesh.Core.Components;

namespace DataMesh.Core.Expressions;

/// <summary>Cuts an expression into tokens.</summary>
internal sealed class Tokenizer(ExpressionText source)
{
    // Longest first: the first that fits is taken.
    private static readonly string[] Symbols =
        ["->>", "!~~", "::", "<>", "<=", ">=", "!=", "==", "||", "//", "->", "!~", "=", "<", ">", "+", "-", "*", "/", "%", "^", "(", ")", ",", "~", "[", "]"];

    private readonly string _text = source.Text;
    private readonly List<Token> _tokens = [];
    private int _at;

    public List<Token> Run()
    {
        if (_text.Length > Limits.ExpressionLengthMax)
            throw ExpressionErrors.At(source, 0, $"The expression is longer than {Limits.ExpressionLengthMax} characters.");
        while (true)
        {
            SkipSpaceAndComments();
            if (_at >= _text.Length) break;
            Next();
        }

        _tokens.Add(new Token(TokenKind.End, "", _text.Length, _text.Length));
        return _tokens;
    }

    private void Next()
    {
        var c = _text[_at];
        if (c == '\'') Quoted('\'', TokenKind.Text);
        else if (c is '"' or '`') Name();
        else if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]))) Number();
        else if (IsWordStart(c)) Name();
        else Symbol();
    }

    private void SkipSpaceAndComments()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[_at])) _at++;
            else if (_text.AsSpan(_at).StartsWith("--"))
            {
                var end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length : end;
            }
            else return;
        }
    }

    /// <summary>A name of one or more parts joined by dots, each bare or quoted.</summary>
    private void Name()
    {
        var start = _at;
        var name = new StringBuilder();
        var quoted = false;
        while (true)
        {
            if (_text[_at] is '"' or '`')
            {
                quoted = true;
                name.Append(Unquote(_text[_at], "name"));
            }
            else
            {
                var from = _at;
                while (_at < _text.Length && IsWordPart(_text[_at])) _at++;
                name.Append(_text, from, _at - from);
            }

            if (_at + 1 >= _text.Length || _text[_at] != '.' || !(IsWordPart(_text[_at + 1]) || _text[_at + 1] is '"' or '`')) break;
            name.Append('.');
            _at++;
        }

        _tokens.Add(new Token(quoted ? TokenKind.QuotedName : TokenKind.Word, name.ToString(), start, _at));
    }

    private void Quoted(char quote, TokenKind kind)
    {
        var start = _at;
        var text = Unquote(quote, "text");
        _tokens.Add(new Token(kind, text, start, _at));
    }

    private string Unquote(char quote, string what)
    {
        var start = _at++;
        var text = new StringBuilder();
        while (true)
        {
            var end = _text.IndexOf(quote, _at);
            if (end < 0) throw ExpressionErrors.At(source, start, $"The {what} that begins here has no closing {quote}.", $"close it with {quote}; write the character itself as {quote}{quote}");
            text.Append(_text, _at, end - _at);
            _at = end + 1;
            if (_at >= _text.Length || _text[_at] != quote) return text.ToString();
            text.Append(quote);
            _at++;
        }
    }

    private void Number()
    {
        var start = _at;
        var kind = TokenKind.Integer;
        Digits();
        if (_at < _text.Length && _text[_at] == '.')
        {
            kind = TokenKind.Number;
            _at++;
            Digits();
        }

        if (_at < _text.Length && _text[_at] is 'e' or 'E' && HasExponent())
        {
            kind = TokenKind.Number;
            _at += _text[_at + 1] is '+' or '-' ? 2 : 1;
            Digits();
        }

        if (_at < _text.Length && IsWordPart(_text[_at]))
            throw ExpressionErrors.At(source, _at, $"'{_text[_at]}' can not follow a number.", "a column whose name begins with a digit goes in double quotes");
        _tokens.Add(new Token(kind, _text[start.._at].Replace("_", "", StringComparison.Ordinal), start, _at));
    }

    private bool HasExponent()
    {
        var next = _at + 1;
        if (next < _text.Length && _text[next] is '+' or '-') next++;
        return next < _text.Length && char.IsAsciiDigit(_text[next]);
    }

    private void Digits()
    {
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || (_text[_at] == '_' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))) _at++;
    }

    private void Symbol()
    {
        foreach (var symbol in Symbols)
        {
            if (!_text.AsSpan(_at).StartsWith(symbol, StringComparison.Ordinal)) continue;
            _tokens.Add(new Token(TokenKind.Symbol, symbol, _at, _at + symbol.Length));
            _at += symbol.Length;
            return;
        }

        throw ExpressionErrors.At(source, _at, $"'{_text[_at]}' means nothing here.", SymbolHint(_text[_at]));
    }

    private static string SymbolHint(char symbol) => symbol switch
    {
        '&' => "write 'and'",
        '|' => "write 'or', or || to join texts",
        '!' => "write 'not'",
        '{' or '}' => "parentheses group: (a + b) * c",
        _ => "texts go in single quotes, names with special characters in double quotes",
    };

    private static bool IsWordStart(char c) => char.IsLetter(c) || c is '_' || char.IsSurrogate(c);

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' or '@' || char.IsSurrogate(c);
}
