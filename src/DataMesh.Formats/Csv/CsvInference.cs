using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>Finds header, names and types of a file whose dialect is known.</summary>
internal static class CsvInference
{
    /// <summary>What was found.</summary>
    internal sealed record Result(Schema Schema, CsvDialect Dialect, IReadOnlyList<string> AmbiguousDates);

    /// <summary>Looks at the head and at pieces from further inside the file.</summary>
    public static Result Infer(FileHead head, CsvDialect dialect, FormatOptions options)
    {
        var text = head.Bytes.Span;
        var records = CsvSample.Split(text, (int)dialect.DataStart, dialect, head.IsWhole);
        var evidence = Enumerable.Range(0, dialect.FieldCount).Select(_ => new ColumnEvidence()).ToArray();
        var context = new FieldContext("", 0, dialect);
        foreach (var record in records.Skip(1)) Add(text, record, evidence, context);
        var hasHeader = options.Header ?? (records.Count > 0 && HasHeader(text, records, evidence, context));
        if (!hasHeader && records.Count > 0) Add(text, records[0], evidence, context);
        foreach (var piece in head.Samples) AddPiece(piece.Span, dialect, evidence, context);
        var names = hasHeader && records.Count > 0 ? Names(text, records[0], dialect, context) : Unnamed(dialect.FieldCount);
        var start = hasHeader && records.Count > 0 ? CsvDetection.SkipLines(text, Math.Min(records[0].End, text.Length), 1, dialect.Terminator) : (int)dialect.DataStart;
        var headerStart = hasHeader && records.Count > 0 ? records[0].Start : -1;
        return Conclude(names, evidence, dialect with { HasHeader = hasHeader, HeaderStart = headerStart, DataStart = start }, options);
    }

    private static Result Conclude(IReadOnlyList<string> names, ColumnEvidence[] evidence, CsvDialect dialect, FormatOptions options)
    {
        var layouts = new Dictionary<string, DateLayout>(StringComparer.OrdinalIgnoreCase);
        var ambiguous = new List<string>();
        var fields = new List<Field>();
        var declared = new Dictionary<string, DataType>(options.Types, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < names.Count; i++)
        {
            var type = evidence[i].Type(out var layout);
            // A text may be a stray in a column that was a date before: then the others are read by their layout.
            if (layout != DateLayout.Iso)
            {
                layouts[names[i]] = layout;
                if (evidence[i].IsAmbiguous) ambiguous.Add($"{names[i]} ({layout})");
            }

            fields.Add(new Field(names[i], declared.TryGetValue(names[i], out var wanted) ? wanted : type));
        }

        return new Result(new Schema(fields), dialect with { DateLayouts = layouts, Declared = declared.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase) }, ambiguous);
    }

    private static void Add(ReadOnlySpan<byte> text, SampleRecord record, ColumnEvidence[] evidence, FieldContext context)
    {
        if (record.Fields.Count != evidence.Length || record.IsMalformed) return;
        for (var i = 0; i < evidence.Length; i++) evidence[i].Add(CsvSample.Value(text, record, i, context).Bytes);
    }

    /// <summary>A piece begins anywhere, perhaps inside quotes: it counts only when nearly all its records have the right number of fields.</summary>
    private static void AddPiece(ReadOnlySpan<byte> piece, CsvDialect dialect, ColumnEvidence[] evidence, FieldContext context)
    {
        var first = CsvDetection.SkipLines(piece, 0, 1, dialect.Terminator);
        var records = CsvSample.Split(piece, first, dialect, isWhole: false);
        var fitting = records.Count(each => each.Fields.Count == dialect.FieldCount && !each.IsMalformed);
        if (records.Count == 0 || fitting * 10 < records.Count * 9) return;
        foreach (var record in records) Add(piece, record, evidence, context);
    }

    /// <summary>
    /// The first record is a header when its values are distinct texts, and either some column below it holds what they are not (numbers, dates)
    /// or no column at all has a type, so that names are the likelier reading.
    /// </summary>
    private static bool HasHeader(ReadOnlySpan<byte> text, List<SampleRecord> records, ColumnEvidence[] evidence, FieldContext context)
    {
        var first = records[0];
        if (first.Fields.Count != evidence.Length || first.IsMalformed) return false;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var (texts, contradicted) = (0, 0);
        for (var i = 0; i < evidence.Length; i++)
        {
            var value = CsvSample.Value(text, first, i, context).Bytes.Trim((byte)' ');
            if (value.IsEmpty) continue;
            var own = new ColumnEvidence();
            own.Add(value);
            if (own.Type(out _).Kind != TypeKind.String) return IsYearLike(value) && RepeatsNowhere(text, records, i, value, context) && HasTextElsewhere(text, first, context);
            if (!seen.Add(Encoding.UTF8.GetString(value))) contradicted++;
            texts++;
            if (evidence[i].Type(out _).Kind is not (TypeKind.String or TypeKind.Null)) return true;
        }

        return texts > 0 && contradicted == 0 && !FirstRowRepeats(text, records, evidence.Length, context);
    }

    /// <summary>Tables across years have headers such as <c>country,1990,1991</c>.</summary>
    private static bool IsYearLike(ReadOnlySpan<byte> value) =>
        NumberText.TryParse(value, out long year) && year is >= 1500 and <= 2200;

    private static bool HasTextElsewhere(ReadOnlySpan<byte> text, SampleRecord first, FieldContext context)
    {
        for (var i = 0; i < first.Fields.Count; i++)
        {
            var value = CsvSample.Value(text, first, i, context).Bytes;
            if (ValueTypes.Of(value, DateLayout.Iso).Kind != TypeKind.Int64) return ValueTypes.Of(value, DateLayout.Iso).Kind == TypeKind.String;
        }

        return false;
    }

    private static bool RepeatsNowhere(ReadOnlySpan<byte> text, List<SampleRecord> records, int field, ReadOnlySpan<byte> value, FieldContext context)
    {
        foreach (var record in records.Skip(1).Take(1000))
            if (field < record.Fields.Count && CsvSample.Value(text, record, field, context).Bytes.SequenceEqual(value)) return false;
        return true;
    }

    /// <summary>Whether a value of the first record occurs again below it: data does that, names do not.</summary>
    private static bool FirstRowRepeats(ReadOnlySpan<byte> text, List<SampleRecord> records, int fields, FieldContext context)
    {
        for (var i = 0; i < fields; i++)
        {
            var value = CsvSample.Value(text, records[0], i, context).Bytes;
            if (!value.IsEmpty && !RepeatsNowhere(text, records, i, value.ToArray(), context)) return true;
        }

        return false;
    }

    private static List<string> Unnamed(int count) => [.. Enumerable.Range(1, count).Select(i => $"column_{i}")];

    private static List<string> Names(ReadOnlySpan<byte> text, SampleRecord header, CsvDialect dialect, FieldContext context)
    {
        var names = new List<string>();
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < dialect.FieldCount; i++)
        {
            var name = i < header.Fields.Count ? Encoding.UTF8.GetString(CsvSample.Value(text, header, i, context).Bytes).Trim(' ', '\t', '\r', '\n', '\uFEFF') : "";
            if (name.Length == 0) name = $"column_{i + 1}";
            var unique = name;
            for (var n = 2; !used.Add(unique); n++) unique = $"{name}_{n}";
            names.Add(unique);
        }

        return names;
    }
}
