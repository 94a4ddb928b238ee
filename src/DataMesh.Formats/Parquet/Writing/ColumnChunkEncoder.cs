using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Encodes one column of a row group as a chunk. Belongs to one thread; the columns of a row group come one after the other and share scratch memory.</summary>
internal abstract class ColumnChunkEncoder(Field field, ParquetWriteOptions options, ChunkBuilder builder, EncoderScratch scratch)
{
    protected DataType Type { get; } = field.Type;

    protected bool IsNullable { get; } = field.Nullable;

    protected ParquetWriteOptions Options { get; } = options;

    protected ChunkBuilder Builder { get; } = builder;

    protected EncoderScratch Scratch { get; } = scratch;

    public abstract EncodedChunk Encode(ColumnParts parts);

    public static ColumnChunkEncoder For(Field field, ParquetWriteOptions options, ChunkBuilder builder, EncoderScratch scratch) => field.Type.Kind switch
    {
        TypeKind.Bool => new BoolChunkEncoder(field, options, builder, scratch),
        TypeKind.Int64 or TypeKind.Timestamp => new FixedChunkEncoder<long>(field, options, builder, scratch),
        TypeKind.Float64 => new FixedChunkEncoder<double>(field, options, builder, scratch),
        TypeKind.Date or TypeKind.Null => new FixedChunkEncoder<int>(field, options, builder, scratch),
        TypeKind.Decimal => new DecimalChunkEncoder(field, options, builder, scratch),
        _ => new VarChunkEncoder(field, options, builder, scratch),
    };

    /// <summary>Levels of a page; none for a column that can not be null.</summary>
    protected int WriteLevels(ColumnParts parts, int from, int to, int present, Span<byte> body) =>
        IsNullable ? LevelEncoder.Write(parts, from, to, present, body) : 0;

    /// <summary>Writes data pages of dictionary codes, one per present value.</summary>
    protected void WriteCodePages(ColumnParts parts, ReadOnlySpan<int> codes, int distinct)
    {
        var width = HybridEncoder.BitWidth(Math.Max(distinct - 1, 0));
        var next = 0;
        for (var from = 0; from < parts.Rows; from += Options.PageRows)
        {
            var to = Math.Min(from + Options.PageRows, parts.Rows);
            var present = LevelEncoder.CountPresent(parts, from, to);
            var body = Builder.BeginPage(LevelEncoder.MaxBytes(to - from) + 1 + HybridEncoder.MaxBytes(present, width));
            var at = WriteLevels(parts, from, to, present, body);
            body[at++] = (byte)width;
            at += HybridEncoder.Write(codes.Slice(next, present), width, body[at..]);
            Builder.EndPage(at, to - from, ParquetEncoding.RleDictionary);
            next += present;
        }
    }

    protected EncodedChunk End(ColumnParts parts, ParquetEncoding encoding, ColumnBounds bounds) =>
        Builder.End(parts.Rows, encoding, bounds, parts.NullCount);
}
