using System.Buffers.Binary;
using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Decimals: 32-bit or 64-bit integers where the precision allows, otherwise big-endian bytes of fixed length.</summary>
internal sealed class DecimalChunkEncoder(Field field, ParquetWriteOptions options, ChunkBuilder builder, EncoderScratch scratch) : ColumnChunkEncoder(field, options, builder, scratch)
{
    private readonly PhysicalLayout _layout = PhysicalLayout.Of(field.Type);
    private Int128[] _values = [];

    public override EncodedChunk Encode(ColumnParts parts)
    {
        var bounds = new ColumnBounds();
        Builder.Begin(parts.Rows);
        for (var from = 0; from < parts.Rows; from += Options.PageRows) EncodePage(parts, from, Math.Min(from + Options.PageRows, parts.Rows), bounds);
        return End(parts, ParquetEncoding.Plain, bounds);
    }

    private void EncodePage(ColumnParts parts, int from, int to, ColumnBounds bounds)
    {
        if (_values.Length <= to - from) _values = new Int128[to - from + 1];
        var next = 0;
        for (var part = 0; part < parts.Count; part++)
        {
            var (first, last) = parts.Overlap(part, from, to);
            if (first < last && parts[part] is FixedColumn<Int128> column)
                next += PresentValues.Copy(column.Values, column.Validity, first, last, _values.AsSpan(next));
        }

        var present = _values.AsSpan(0, next);
        AddBounds(present, bounds);
        var body = Builder.BeginPage(LevelEncoder.MaxBytes(to - from) + next * _layout.Width);
        var at = WriteLevels(parts, from, to, next, body);
        WriteValues(present, body[at..]);
        Builder.EndPage(at + next * _layout.Width, to - from, ParquetEncoding.Plain);
    }

    private void WriteValues(ReadOnlySpan<Int128> values, Span<byte> target)
    {
        var width = _layout.Width;
        for (var i = 0; i < values.Length; i++)
        {
            var place = target.Slice(i * width, width);
            if (_layout.Type == PhysicalType.Int32) BinaryPrimitives.WriteInt32LittleEndian(place, (int)values[i]);
            else if (_layout.Type == PhysicalType.Int64) BinaryPrimitives.WriteInt64LittleEndian(place, (long)values[i]);
            else PhysicalLayout.WriteBigEndian(values[i], place);
        }
    }

    private static void AddBounds(ReadOnlySpan<Int128> values, ColumnBounds bounds)
    {
        if (values.IsEmpty) return;
        var (min, max) = (values[0], values[0]);
        foreach (var value in values)
        {
            if (value < min) min = value;
            if (value > max) max = value;
        }

        bounds.AddIntegers(min, max);
    }
}
