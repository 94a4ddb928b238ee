using System.Numerics;
using System.Runtime.Intrinsics.X86;
using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Booleans: one bit each, nulls squeezed out.</summary>
internal sealed class BoolChunkEncoder(Field field, ParquetWriteOptions options, ChunkBuilder builder, EncoderScratch scratch) : ColumnChunkEncoder(field, options, builder, scratch)
{
    public override EncodedChunk Encode(ColumnParts parts)
    {
        Builder.Begin(parts.Rows);
        var (values, trues) = (0, 0);
        for (var from = 0; from < parts.Rows; from += Options.PageRows)
        {
            var to = Math.Min(from + Options.PageRows, parts.Rows);
            var present = LevelEncoder.CountPresent(parts, from, to);
            var body = Builder.BeginPage(LevelEncoder.MaxBytes(to - from) + present / 8 + 24);
            var at = WriteLevels(parts, from, to, present, body);
            at += WriteBits(parts, from, to, body[at..], ref trues);
            Builder.EndPage(at, to - from, ParquetEncoding.Plain);
            values += present;
        }

        var bounds = new ColumnBounds();
        if (values > 0) bounds.AddIntegers(trues == values ? 1 : 0, trues > 0 ? 1 : 0);
        return End(parts, ParquetEncoding.Plain, bounds);
    }

    private static int WriteBits(ColumnParts parts, int from, int to, Span<byte> target, ref int trues)
    {
        var bits = new BitAppender(target);
        for (var part = 0; part < parts.Count; part++)
        {
            var (first, last) = parts.Overlap(part, from, to);
            if (parts[part] is not BoolColumn column) continue;
            for (var row = first; row < last; row += 64)
            {
                var end = Math.Min(row + 64, last);
                var word = BitAppender.Extract(column.Values.Words, row, end);
                var count = end - row;
                if (column.Validity is { } validity)
                {
                    var present = BitAppender.Extract(validity.Words, row, end);
                    word = Squeeze(word, present);
                    count = BitOperations.PopCount(present);
                }

                trues += BitOperations.PopCount(word);
                if (count > 0) bits.Append(word, count);
            }
        }

        return bits.Finish();
    }

    /// <summary>The bits of <paramref name="word"/> at the ones of <paramref name="mask"/>, side by side.</summary>
    internal static ulong Squeeze(ulong word, ulong mask) => Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitExtract(word, mask) : SqueezeScalar(word, mask);

    internal static ulong SqueezeScalar(ulong word, ulong mask)
    {
        var (result, at) = (0UL, 0);
        for (; mask != 0; mask &= mask - 1) result |= (word >> BitOperations.TrailingZeroCount(mask) & 1) << at++;
        return result;
    }
}
