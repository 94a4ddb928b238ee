using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>Finds the parts of an aggregate call: parentheses are counted, quoted text is passed over.</summary>
internal sealed class CallScanner(ExpressionText text)
{
    private const string Form = "write it as name(argument), for example sum(amount) or count(*)";
    private readonly string _text = text.Text;
    private int _at;

    /// <summary>The name at the current place; may be empty.</summary>
    public string Word()
    {
        SkipSpace();
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_')) _at++;
        return _text[start.._at];
    }

    /// <summary>The arguments in parentheses.</summary>
    public IReadOnlyList<ExpressionText> Arguments(bool noName)
    {
        SkipSpace();
        if (noName || _at >= _text.Length || _text[_at] != '(') throw AggregateCall.Error(text, 0, $"'{_text}' is not a call of an aggregate.", Form);
        var open = _at++;
        var arguments = new List<ExpressionText>();
        var (start, depth) = (_at, 1);
        for (; _at < _text.Length; _at++)
        {
            var sign = _text[_at];
            if (sign is '\'' or '"' or '`') SkipQuoted(sign);
            else if (sign is '(' or '[') depth++;
            else if (sign is ')' or ']' && --depth == 0) break;
            else if (sign == ',' && depth == 1)
            {
                arguments.Add(AggregateCall.Piece(text, start, _at));
                start = _at + 1;
            }
        }

        if (_at >= _text.Length) throw AggregateCall.Error(text, open, $"A ')' is missing in '{_text}'.", Form);
        var last = AggregateCall.Piece(text, start, _at++);
        if (last.Text.Length > 0 || arguments.Count > 0) arguments.Add(last);
        return arguments;
    }

    /// <summary>The condition of <c>filter (where …)</c>, or null; nothing else may follow the call.</summary>
    public ExpressionText? Filter()
    {
        SkipSpace();
        if (_at >= _text.Length) return null;
        var start = _at;
        if (Word().Equals("filter", StringComparison.OrdinalIgnoreCase) && Arguments(false) is [{ } condition])
        {
            SkipSpace();
            if (_at < _text.Length) throw Unexpected(_at);
            return condition.Text.StartsWith("where ", StringComparison.OrdinalIgnoreCase) ? AggregateCall.Piece(condition, 6, condition.Text.Length) : condition;
        }

        throw Unexpected(start);
    }

    /// <summary>Where <c>order by</c> begins in an argument, and where what it orders by begins; null when there is none outside parentheses and quotes.</summary>
    public static (int Start, int Key)? FindOrder(ExpressionText argument)
    {
        var scanner = new CallScanner(argument);
        for (var depth = 0; scanner._at < scanner._text.Length;)
        {
            var sign = scanner._text[scanner._at];
            if (char.IsLetterOrDigit(sign) || sign == '_')
            {
                var start = scanner._at;
                if (!scanner.Word().Equals("order", StringComparison.OrdinalIgnoreCase) || depth > 0) continue;
                if (scanner.Word().Equals("by", StringComparison.OrdinalIgnoreCase)) return (start, scanner._at);
                continue;
            }

            if (sign is '\'' or '"' or '`') scanner.SkipQuoted(sign);
            else if (sign is '(' or '[') depth++;
            else if (sign is ')' or ']') depth--;
            scanner._at++;
        }

        return null;
    }

    private Core.Errors.DataMeshException Unexpected(int at) => AggregateCall.Error(text, at,
        $"'{_text[at..]}' can not follow an aggregate.", "compute with aggregates in a derive stage after this one");

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }

    private void SkipQuoted(char quote)
    {
        for (_at++; _at < _text.Length && _text[_at] != quote; _at++)
        {
        }
    }
}
