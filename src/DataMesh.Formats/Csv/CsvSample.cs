using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>One record of a sample: where its fields lie in the sample's bytes.</summary>
internal sealed record SampleRecord(int Start, int End, IReadOnlyList<Range> Fields, bool IsMalformed);

/// <summary>Splits the head of a file into records by the scalar rules: for detection and inference, where nothing is known yet.</summary>
internal static class CsvSample
{
    /// <summary>The complete records from <paramref name="from"/> on; the last one counts when the sample is the whole file. Blank lines and comments are left out.</summary>
    public static List<SampleRecord> Split(ReadOnlySpan<byte> text, int from, CsvDialect dialect, bool isWhole, int recordsMax = int.MaxValue)
    {
        var records = new List<SampleRecord>();
        var at = from;
        while (at < text.Length && records.Count < recordsMax)
        {
            var start = at;
            if (CsvScalar.IsComment(text[at..], dialect))
            {
                var line = text[at..].IndexOf(dialect.Terminator);
                at = line < 0 ? text.Length : at + line + 1;
                continue;
            }

            var record = Read(text, ref at, dialect, out var isComplete);
            if (!isComplete && !isWhole && records.Count > 0) break;
            if (TextBlock.TrimLineEnd(text[start..at]).Length > 0) records.Add(record);
        }

        return records;
    }

    private static SampleRecord Read(ReadOnlySpan<byte> text, ref int at, CsvDialect dialect, out bool isComplete)
    {
        var (start, isMalformed) = (at, false);
        var fields = new List<Range>();
        while (true)
        {
            var how = CsvScalar.Next(text, at, dialect, out var end, out var isWrong);
            isMalformed |= isWrong;
            var isLast = how != CsvScalar.FieldEnd.Delimiter;
            var cut = isLast && dialect.Terminator == '\n' && end > at && text[end - 1] == '\r' ? end - 1 : end;
            fields.Add(at..cut);
            at = Math.Min(end + 1, text.Length);
            if (!isLast) continue;
            isComplete = how == CsvScalar.FieldEnd.Line;
            return new SampleRecord(start, end, fields, isMalformed);
        }
    }

    /// <summary>A field's value: quotes removed, null when it is missing.</summary>
    public static FieldValue Value(ReadOnlySpan<byte> text, SampleRecord record, int field, FieldContext context) => context.Read(text[record.Fields[field]]);
}
