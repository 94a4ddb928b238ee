using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>
/// string, json and binary columns: a dictionary when the columns come with codes that repeat, or when a sample shows few distinct values;
/// plain otherwise.
/// </summary>
internal sealed class VarChunkEncoder(Field field, ParquetWriteOptions options, ChunkBuilder builder, EncoderScratch scratch) : ColumnChunkEncoder(field, options, builder, scratch)
{
    private readonly CodeTranslator _translator = new(options.DictionaryBytesMax);
    private readonly List<ValueDictionary> _dictionaries = [];

    private bool IsText => Type.Kind != TypeKind.Binary;

    public override EncodedChunk Encode(ColumnParts parts)
    {
        var bounds = new ColumnBounds();
        return DictionaryPays(parts) && TryTranslate(parts, out var codes) ? EncodeDictionary(parts, codes, bounds) : EncodePlain(parts, bounds);
    }

    /// <summary>Codes in use can not be more than their dictionaries hold; beyond half of the rows a sample decides.</summary>
    private bool DictionaryPays(ColumnParts parts)
    {
        _dictionaries.Clear();
        var values = 0L;
        for (var part = 0; part < parts.Count; part++)
        {
            if (parts[part] is not VarColumn column) continue;
            if (column.Dictionary is null) return DictionarySample.PaysForBytes(parts);
            // The batches of a few decoders come by turns: each dictionary counts once.
            if (_dictionaries.Contains(column.Dictionary)) continue;
            _dictionaries.Add(column.Dictionary);
            values += column.Dictionary.Count;
        }

        return _dictionaries.Count > 0 && (values * 2 <= parts.Rows - parts.NullCount || DictionarySample.PaysForBytes(parts));
    }

    private bool TryTranslate(ColumnParts parts, out ReadOnlySpan<int> codes)
    {
        var target = Scratch.CodesFor(parts.Rows);
        var next = 0;
        _translator.Clear();
        codes = default;
        for (var part = 0; part < parts.Count; part++)
        {
            if (parts[part] is not VarColumn column) continue;
            var written = _translator.Encode(column, target.AsSpan(next));
            if (written < 0) return false;
            next += written;
        }

        codes = target.AsSpan(0, next);
        return true;
    }

    private EncodedChunk EncodeDictionary(ColumnParts parts, ReadOnlySpan<int> codes, ColumnBounds bounds)
    {
        var dictionary = _translator.Dictionary;
        var seen = new BytesBounds();
        for (var code = 0; code < dictionary.Count; code++) seen.Consider(dictionary[code]);
        seen.AddTo(bounds, IsText, Options.StatisticsCharactersMax);
        Builder.Begin(parts.Rows);
        dictionary.Plain.CopyTo(Builder.BeginDictionary(dictionary.PlainLength));
        Builder.EndDictionary(dictionary.PlainLength, dictionary.Count);
        WriteCodePages(parts, codes, dictionary.Count);
        return End(parts, ParquetEncoding.RleDictionary, bounds);
    }

    private EncodedChunk EncodePlain(ColumnParts parts, ColumnBounds bounds)
    {
        var seen = new BytesBounds();
        Builder.Begin(parts.Rows);
        for (var from = 0; from < parts.Rows;)
        {
            var to = PageEnd(parts, from, out var bytes);
            var present = LevelEncoder.CountPresent(parts, from, to);
            var body = Builder.BeginPage(checked(LevelEncoder.MaxBytes(to - from) + 4 * present + (int)bytes));
            var at = WriteLevels(parts, from, to, present, body);
            var valuesAt = at;
            at += WriteValues(parts, from, to, body[at..], ref seen);
            Builder.EndPage(at, to - from, ParquetEncoding.Plain, valuesAt);
            from = to;
        }

        seen.AddTo(bounds, IsText, Options.StatisticsCharactersMax);
        return End(parts, ParquetEncoding.Plain, bounds);
    }

    private int PageEnd(ColumnParts parts, int from, out long bytes)
    {
        for (var rows = Math.Min(Options.PageRows, parts.Rows - from); ; rows = (rows + 1) / 2)
        {
            bytes = 0;
            for (var part = 0; part < parts.Count; part++)
            {
                var (first, last) = parts.Overlap(part, from, from + rows);
                if (first < last && parts[part] is VarColumn column) bytes += PlainBytes.Measure(column, first, last);
            }

            if (bytes <= Options.PageBytes || rows == 1) return from + rows;
        }
    }

    private static int WriteValues(ColumnParts parts, int from, int to, Span<byte> target, ref BytesBounds seen)
    {
        var at = 0;
        for (var part = 0; part < parts.Count; part++)
        {
            var (first, last) = parts.Overlap(part, from, to);
            if (first < last && parts[part] is VarColumn column) at += PlainBytes.Write(column, first, last, target[at..], ref seen);
        }

        return at;
    }
}
