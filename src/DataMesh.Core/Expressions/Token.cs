namespace DataMesh.Core.Expressions;

/// <summary>The kinds of tokens of the expression language.</summary>
internal enum TokenKind
{
    End,
    /// <summary>A bare word: keyword, column or function name, dots included.</summary>
    Word,
    /// <summary>A name in double quotes or backticks.</summary>
    QuotedName,
    Text,
    Integer,
    Number,
    Symbol,
}

/// <summary>One token. <paramref name="Text"/> is unescaped for texts and quoted names.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Offset, int End)
{
    public bool IsWord(string keyword) => Kind == TokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public string Describe() => Kind switch
    {
        TokenKind.End => "the end of the expression",
        TokenKind.Text => $"the text '{Text}'",
        _ => $"'{Text}'",
    };
}
