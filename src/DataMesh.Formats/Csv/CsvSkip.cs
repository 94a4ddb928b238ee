using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>Follows the rules of <see cref="CsvScalar"/> byte by byte through one record that is too large to be held.</summary>
internal sealed class CsvSkip(CsvDialect dialect) : RecordSkip
{
    private enum State
    {
        FieldStart,
        Unquoted,
        Quoted,
        QuoteInQuoted,
    }

    private State _state = State.FieldStart;

    /// <inheritdoc/>
    public override int Feed(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (_state == State.Quoted)
            {
                var next = text[at..].IndexOf(dialect.Quote);
                if (next < 0) return -1;
                at += next;
                _state = State.QuoteInQuoted;
                continue;
            }

            if (_state == State.Unquoted)
            {
                var next = text[at..].IndexOfAny(dialect.Delimiter, dialect.Terminator);
                if (next < 0) return -1;
                at += next;
            }

            var each = text[at];
            if (each == dialect.Terminator) return at + 1;
            _state = each == dialect.Delimiter ? State.FieldStart
                : each == dialect.Quote && dialect.Quote != 0 && _state != State.Unquoted ? State.Quoted
                : State.Unquoted;
        }

        return -1;
    }
}
