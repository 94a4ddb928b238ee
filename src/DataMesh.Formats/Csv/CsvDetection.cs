using System.Text;

namespace DataMesh.Formats.Csv;

/// <summary>Finds delimiter, quote, line end, leading lines and comments from the head of a file. The header is found later, with the types.</summary>
internal static class CsvDetection
{
    private const int RecordsLookedAt = 200;
    private const int PreambleMax = 20;
    private static ReadOnlySpan<byte> Delimiters => ",;\t|^~\u0001\u001f"u8;

    /// <summary>How well a delimiter explains the sample.</summary>
    /// <param name="Dialect">With this delimiter.</param>
    /// <param name="Fields">The usual number of fields.</param>
    /// <param name="Consistency">Share of records that have the usual number of fields.</param>
    internal readonly record struct Fit(CsvDialect Dialect, int Fields, double Consistency)
    {
        /// <summary>One column is what any text has, so it explains little.</summary>
        public double Score => Fields < 2 ? 0.1 : Consistency * Consistency * (1 + Math.Min(Fields, 50) / 100.0);
    }

    /// <summary>The dialect, without what the options declare being looked for.</summary>
    public static Fit Detect(ReadOnlySpan<byte> text, bool isWhole, FormatOptions options)
    {
        var start = new CsvDialect
        {
            Terminator = text.Contains((byte)'\n') || !text.Contains((byte)'\r') ? (byte)'\n' : (byte)'\r',
            QuotedNewlines = options.QuotedNewlines,
            Comment = options.Comment is { } comment ? Encoding.UTF8.GetBytes(comment) : [],
            NullValues = [.. options.NullValues.Select(Encoding.UTF8.GetBytes)],
            Quote = (byte)(options.Quote ?? '"'),
        };
        if (options.Comment is null && HasCommentedHead(text, start)) start = start with { Comment = "#"u8.ToArray() };
        var from = SkipLines(text, 0, options.SkipLines, start.Terminator);
        var best = Best(text, from, start, isWhole, options.Delimiter);
        if (options.Quote is null && !text.Contains((byte)'"') && text.Contains((byte)'\''))
        {
            var single = Best(text, from, start with { Quote = (byte)'\'' }, isWhole, options.Delimiter);
            if (IsQuotedBy(text, from, single.Dialect, isWhole)) best = single;
        }

        if (options.SkipLines == 0) from = SkipPreamble(text, best, isWhole);
        return best with { Dialect = best.Dialect with { DataStart = from, FieldCount = best.Fields } };
    }

    /// <summary>The offset behind some lines.</summary>
    public static int SkipLines(ReadOnlySpan<byte> text, int at, int lines, byte terminator)
    {
        for (; lines > 0 && at < text.Length; lines--)
        {
            var end = text[at..].IndexOf(terminator);
            at = end < 0 ? text.Length : at + end + 1;
        }

        return at;
    }

    private static Fit Best(ReadOnlySpan<byte> text, int from, CsvDialect dialect, bool isWhole, char? declared)
    {
        if (declared is { } only) return Measure(text, from, dialect with { Delimiter = (byte)only }, isWhole);
        var best = default(Fit);
        foreach (var delimiter in Delimiters)
        {
            if (delimiter != ',' && !text.Contains(delimiter)) continue;
            var fit = Measure(text, from, dialect with { Delimiter = delimiter }, isWhole);
            if (best.Dialect is null || fit.Score > best.Score) best = fit;
        }

        return best;
    }

    private static Fit Measure(ReadOnlySpan<byte> text, int from, CsvDialect dialect, bool isWhole)
    {
        var records = CsvSample.Split(text, from, dialect, isWhole, RecordsLookedAt);
        if (records.Count == 0) return new Fit(dialect, 1, 0);
        var usual = records.Where(each => !each.IsMalformed).GroupBy(each => each.Fields.Count)
            .OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).FirstOrDefault();
        return usual is null ? new Fit(dialect, 1, 0) : new Fit(dialect, usual.Key, (double)usual.Count() / records.Count);
    }

    /// <summary>Titles and notes above the table: lines with a single field before the first one that has as many as the rest.</summary>
    private static int SkipPreamble(ReadOnlySpan<byte> text, Fit fit, bool isWhole)
    {
        if (fit.Fields < 3) return 0;
        var records = CsvSample.Split(text, 0, fit.Dialect, isWhole, PreambleMax + 1);
        var first = records.FindIndex(each => each.Fields.Count == fit.Fields);
        if (first <= 0 || records.Take(first).Any(each => each.Fields.Count > 1)) return 0;
        return records[first].Start;
    }

    /// <summary>Lines that begin with # at the head, and others that do not. A single one may be the header itself.</summary>
    private static bool HasCommentedHead(ReadOnlySpan<byte> text, CsvDialect dialect)
    {
        if (text.IsEmpty || text[0] != '#') return false;
        var second = SkipLines(text, 0, 1, dialect.Terminator);
        if (second >= text.Length) return false;
        if (text[second] == '#') return true;
        var first = text[..second];
        var next = text[second..SkipLines(text, second, 1, dialect.Terminator)];
        foreach (var delimiter in Delimiters)
            if (first.Count(delimiter) > 0 && first.Count(delimiter) == next.Count(delimiter)) return false;
        return true;
    }

    private static bool IsQuotedBy(ReadOnlySpan<byte> text, int from, CsvDialect dialect, bool isWhole)
    {
        var (quoted, malformed) = (0, 0);
        foreach (var record in CsvSample.Split(text, from, dialect, isWhole, RecordsLookedAt))
        {
            if (record.IsMalformed) malformed++;
            foreach (var field in record.Fields)
            {
                var bytes = text[field];
                if (bytes.Length > 1 && bytes[0] == '\'' && bytes[^1] == '\'') quoted++;
            }
        }

        return quoted > 2 && malformed == 0;
    }
}
