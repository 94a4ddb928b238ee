using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>int64, timestamp, float64 and date columns: plain, or a dictionary when a sample shows that few values repeat.</summary>
internal sealed class FixedChunkEncoder<T>(Field field, ParquetWriteOptions options, ChunkBuilder builder, EncoderScratch scratch)
    : ColumnChunkEncoder(field, options, builder, scratch) where T : unmanaged
{

    public override EncodedChunk Encode(ColumnParts parts)
    {
        var bounds = new ColumnBounds();
        if (DictionarySample.Pays<T>(parts) && TryBuildDictionary(parts, out var codes)) return EncodeDictionary(parts, codes, bounds);
        Builder.Begin(parts.Rows);
        for (var from = 0; from < parts.Rows; from += Options.PageRows) EncodePlainPage(parts, from, Math.Min(from + Options.PageRows, parts.Rows), bounds);
        return End(parts, ParquetEncoding.Plain, bounds);
    }

    private void EncodePlainPage(ColumnParts parts, int from, int to, ColumnBounds bounds)
    {
        var present = LevelEncoder.CountPresent(parts, from, to);
        // Copying past nulls writes each value before it knows whether it stays: one value of slack.
        var body = Builder.BeginPage(LevelEncoder.MaxBytes(to - from) + (present + 1) * Unsafe.SizeOf<T>());
        var at = WriteLevels(parts, from, to, present, body);
        var values = MemoryMarshal.Cast<byte, T>(body[at..]);
        var next = 0;
        for (var part = 0; part < parts.Count; part++)
        {
            var (first, last) = parts.Overlap(part, from, to);
            if (first < last && parts[part] is FixedColumn<T> column) next += PresentValues.Copy(column.Values, column.Validity, first, last, values[next..]);
        }

        MinMax.Add(values[..present], bounds);
        Builder.EndPage(at + present * Unsafe.SizeOf<T>(), to - from, ParquetEncoding.Plain);
    }

    private bool TryBuildDictionary(ColumnParts parts, out ReadOnlySpan<int> codes)
    {
        var target = Scratch.CodesFor(parts.Rows);
        var dictionary = Scratch.Dictionary;
        var next = 0;
        dictionary.Clear(Math.Max(64, parts.Rows / 3));
        codes = default;
        for (var part = 0; part < parts.Count; part++)
        {
            if (parts[part] is not FixedColumn<T> column) continue;
            var written = dictionary.Encode(column.Values, column.Validity, target.AsSpan(next));
            if (written < 0) return false;
            next += written;
        }

        codes = target.AsSpan(0, next);
        return true;
    }

    private EncodedChunk EncodeDictionary(ColumnParts parts, ReadOnlySpan<int> codes, ColumnBounds bounds)
    {
        var count = Scratch.Dictionary.Count;
        var bytes = count * Unsafe.SizeOf<T>();
        Builder.Begin(parts.Rows);
        var values = MemoryMarshal.Cast<byte, T>(Builder.BeginDictionary(bytes));
        Scratch.Dictionary.CopyTo(values);
        Builder.EndDictionary(bytes, count);
        MinMax.Add(values, bounds);
        WriteCodePages(parts, codes, count);
        return End(parts, ParquetEncoding.RleDictionary, bounds);
    }
}
