namespace DataMesh.Formats.Csv;

/// <summary>
/// The rules of CSV, one field at a time: what every faster path must agree with. A quote opens only at the start of a field; inside quotes a doubled quote
/// stands for one; a quote elsewhere is text. After a closing quote only blanks may follow before the field ends: anything else is malformed.
/// </summary>
internal static class CsvScalar
{
    /// <summary>How a field ended.</summary>
    public enum FieldEnd
    {
        /// <summary>At a delimiter.</summary>
        Delimiter,
        /// <summary>At a line end: the record is complete.</summary>
        Line,
        /// <summary>The text ended.</summary>
        Text,
        /// <summary>The text ended inside quotes.</summary>
        InsideQuotes,
    }

    /// <summary>
    /// Finds the end of the field that begins at <paramref name="at"/>: the offset of its delimiter or line end, or the text's length.
    /// </summary>
    public static FieldEnd Next(ReadOnlySpan<byte> text, int at, CsvDialect dialect, out int end, out bool isMalformed)
    {
        isMalformed = false;
        var from = at;
        if (dialect.Quote != 0 && at < text.Length && text[at] == dialect.Quote)
        {
            from = CloseQuote(text, at + 1, dialect, out var isCut);
            if (from < 0)
            {
                end = isCut >= 0 ? isCut : text.Length;
                isMalformed = true;
                return isCut >= 0 ? FieldEnd.Line : FieldEnd.InsideQuotes;
            }
        }

        var next = text[from..].IndexOfAny(dialect.Delimiter, dialect.Terminator);
        end = next < 0 ? text.Length : from + next;
        var how = next < 0 ? FieldEnd.Text : text[end] == dialect.Terminator ? FieldEnd.Line : FieldEnd.Delimiter;
        if (from > at) isMalformed = !IsBlank(text[from..end], how != FieldEnd.Delimiter && dialect.Terminator == '\n');
        return how;
    }

    /// <summary>Offset past the closing quote, or -1 when there is none before the text ends or (where the dialect promises no quoted line ends) the line at <paramref name="lineEnd"/>.</summary>
    private static int CloseQuote(ReadOnlySpan<byte> text, int at, CsvDialect dialect, out int lineEnd)
    {
        lineEnd = -1;
        while (true)
        {
            var next = dialect.QuotedNewlines ? text[at..].IndexOf(dialect.Quote) : text[at..].IndexOfAny(dialect.Quote, dialect.Terminator);
            if (next < 0) return -1;
            at += next;
            if (text[at] != dialect.Quote)
            {
                lineEnd = at;
                return -1;
            }

            if (at + 1 >= text.Length || text[at + 1] != dialect.Quote) return at + 1;
            at += 2;
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> rest, bool mayEndWithReturn)
    {
        if (mayEndWithReturn && rest.Length > 0 && rest[^1] == '\r') rest = rest[..^1];
        return !rest.ContainsAnyExcept((byte)' ', (byte)'\t');
    }

    /// <summary>Whether a record begins with the dialect's comment text.</summary>
    public static bool IsComment(ReadOnlySpan<byte> text, CsvDialect dialect) => dialect.Comment.Length > 0 && text.StartsWith(dialect.Comment);

    /// <summary>
    /// The end of the record that begins at <paramref name="at"/>: the offset past its line end, or -1 when the text ends first.
    /// </summary>
    public static int RecordEnd(ReadOnlySpan<byte> text, int at, CsvDialect dialect, out int fields, out bool isInsideQuotes)
    {
        fields = 1;
        isInsideQuotes = false;
        if (IsComment(text[at..], dialect))
        {
            var line = text[at..].IndexOf(dialect.Terminator);
            return line < 0 ? -1 : at + line + 1;
        }

        while (true)
        {
            var how = Next(text, at, dialect, out var end, out _);
            if (how == FieldEnd.Line) return end + 1;
            isInsideQuotes = how == FieldEnd.InsideQuotes;
            if (how != FieldEnd.Delimiter) return -1;
            at = end + 1;
            fields++;
        }
    }

    /// <summary>The value of a quoted field without its quotes; doubled quotes are made single in <paramref name="scratch"/>, which grows when needed.</summary>
    public static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> field, byte quote, ref byte[] scratch)
    {
        var inner = field[1..];
        var last = inner.LastIndexOf(quote);
        inner = inner[..Math.Max(last, 0)];
        var doubled = inner.IndexOf(quote);
        if (doubled < 0) return inner;
        if (scratch.Length < inner.Length) scratch = new byte[Math.Max(inner.Length, 256)];
        var length = 0;
        while (doubled >= 0)
        {
            inner[..(doubled + 1)].CopyTo(scratch.AsSpan(length));
            length += doubled + 1;
            inner = inner[Math.Min(doubled + 2, inner.Length)..];
            doubled = inner.IndexOf(quote);
        }

        inner.CopyTo(scratch.AsSpan(length));
        return scratch.AsSpan(0, length + inner.Length);
    }
}
