using System.Text;
using DataMesh.Formats.Csv;

namespace DataMesh.Formats.Tests.Csv;

/// <summary>CSV read one byte at a time, as plainly as it can be said: what the decoder is compared with.</summary>
internal static class ReferenceCsv
{
    /// <summary>One record. A field is null when missing.</summary>
    internal sealed record Record(int Start, string Raw, IReadOnlyList<string?> Fields, bool IsMalformed);

    /// <summary>All records but blank lines. Of one whose quote is never closed only the first line is taken; reading goes on behind it.</summary>
    public static List<Record> Read(byte[] text, CsvDialect dialect)
    {
        var records = new List<Record>();
        var at = 0;
        while (at < text.Length)
        {
            var record = ReadRecord(text, at, dialect, out var end, out var isOpen);
            if (isOpen && Array.IndexOf(text, dialect.Terminator, at) is >= 0 and var lineEnd)
            {
                record = new Record(at, Text(text, at, lineEnd), [], true);
                end = lineEnd + 1;
            }

            if (WithoutReturn(record.Raw).Length > 0 || dialect.FieldCount == 1) records.Add(record);
            at = end;
        }

        return records;
    }

    /// <summary>A record without the carriage return before its line end.</summary>
    public static string WithoutReturn(string record) => record.EndsWith('\r') ? record[..^1] : record;

    private static Record ReadRecord(byte[] text, int start, CsvDialect dialect, out int end, out bool isOpen)
    {
        var fields = new List<string?>();
        var (at, isMalformed) = (start, false);
        while (true)
        {
            var value = ReadField(text, ref at, dialect, out var isQuoted, out var isWrong, out isOpen);
            isMalformed |= isWrong;
            var isEnd = at >= text.Length || text[at] == dialect.Terminator;
            if (isEnd && !isQuoted && value.Count > 0 && value[^1] == '\r') value.RemoveAt(value.Count - 1);
            fields.Add(value.Count == 0 && !isQuoted ? null : Encoding.UTF8.GetString([.. value]));
            if (isEnd) break;
            at++;
        }

        end = Math.Min(at + 1, text.Length);
        return new Record(start, Text(text, start, at), fields, isMalformed);
    }

    private static List<byte> ReadField(byte[] text, ref int at, CsvDialect dialect, out bool isQuoted, out bool isWrong, out bool isOpen)
    {
        var value = new List<byte>();
        (isWrong, isOpen) = (false, false);
        isQuoted = at < text.Length && text[at] == dialect.Quote;
        if (isQuoted)
        {
            at++;
            while (true)
            {
                if (at >= text.Length)
                {
                    isOpen = isWrong = true;
                    return value;
                }

                if (text[at] != dialect.Quote) value.Add(text[at++]);
                else if (at + 1 < text.Length && text[at + 1] == dialect.Quote)
                {
                    value.Add(dialect.Quote);
                    at += 2;
                }
                else break;
            }

            at++;
        }

        while (at < text.Length && text[at] != dialect.Delimiter && text[at] != dialect.Terminator)
        {
            if (!isQuoted) value.Add(text[at]);
            else if (text[at] == '\r' && (at + 1 == text.Length || text[at + 1] == dialect.Terminator)) isWrong |= false;
            else isWrong |= text[at] is not ((byte)' ' or (byte)'\t');
            at++;
        }

        return value;
    }

    private static string Text(byte[] text, int start, int end) => Encoding.UTF8.GetString(text, start, end - start);
}
