using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Parquet.Reading;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Parquet.Splits;

/// <summary>
/// Reads and decodes blocks of one file. It keeps its place in a row group, because blocks come in ascending order: a slice that lies further on
/// is reached by stepping over pages, not by beginning again.
/// </summary>
internal sealed class ParquetBlockDecoder(ParquetFile file, ParquetShape shape) : BlockDecoder
{
    private readonly ZoneOffsets _zone = new(shape.Dialect.Zone);
    private RowGroupReader? _reader;
    private int _group;
    private long _row;

    /// <inheritdoc/>
    public override void Decode(SourceBlock block, DecodeOutput output)
    {
        var rows = (ParquetBlock)block;
        var report = new ParquetReport(shape, rows);
        var batches = new List<RecordBatch>();
        try
        {
            var reader = Seek(rows.RowGroup, rows.From);
            var counts = new List<int>();
            for (var left = rows.To - rows.From; left > 0; left -= counts[^1]) counts.Add((int)Math.Min(reader.RowsPerBatch, left));
            var parts = reader.Read(counts, isLast: rows.To == file.RowGroupRows[_group]);
            for (var (i, first) = (0, 0); i < parts.Length; first += counts[i++])
            {
                if (Assemble(parts[i], rows, first, counts[i], report, output) is { } batch) batches.Add(batch);
            }

            _row = rows.To;
            if (_row == file.RowGroupRows[_group]) Close();
        }
        catch
        {
            Close();
            foreach (var batch in batches) batch.Dispose();
            throw;
        }

        report.Flush(output);
        foreach (var batch in batches)
        {
            if (report.NeedsNewSchema) batch.Dispose();
            else output.Emit(batch);
        }
    }

    /// <summary>Gives up the place and its memory.</summary>
    public void Close()
    {
        _reader?.Dispose();
        _reader = null;
    }

    private RowGroupReader Seek(int group, long row)
    {
        if (_reader is null || group != _group || row < _row)
        {
            Close();
            _reader = new RowGroupReader(file, group, shape.Read);
            (_group, _row) = (group, 0);
        }

        _reader.Skip(row - _row);
        _row = row;
        return _reader;
    }

    /// <summary>A batch of the plan's columns without the rows that do not fit, which are reported; null when it can not be used.</summary>
    private RecordBatch? Assemble(Column[] read, ParquetBlock block, int first, int count, ParquetReport report, DecodeOutput output)
    {
        var schema = shape.Plan.Output;
        var columns = new Column[schema.Count];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = shape.Sources[i] < 0 ? Column.Nulls(schema[i].Type, count) : Convert(read, shape.Sources[i], schema[i], first, report);
        var misfits = report.TakeMisfits(first, count);
        var batch = new RecordBatch(schema, columns, count, Origin(block, first, count, output));
        if (report.NeedsNewSchema)
        {
            batch.Dispose();
            return null;
        }

        return misfits is null ? batch : WithoutMisfits(batch, misfits);
    }

    private Column Convert(Column[] read, int source, Field target, int first, ParquetReport report)
    {
        using var column = shape.IsLocal[source] ? LocalTime.ToUtc(read[source], _zone) : read[source];
        var cast = new ColumnCast(target.Type, shape.Dialect.Declared.Contains(target.Name));
        var converted = cast.Convert(column);
        if (cast.Misfits.Count > 0) report.Add(target, column, first, cast.Misfits);
        return converted;
    }

    private static RecordBatch WithoutMisfits(RecordBatch batch, bool[] misfits)
    {
        var kept = new List<int>(batch.Length);
        for (var row = 0; row < misfits.Length; row++)
            if (!misfits[row]) kept.Add(row);
        using (batch) return batch.Take(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(kept));
    }

    private static RowOrigin? Origin(ParquetBlock block, int first, int count, DecodeOutput output)
    {
        if (!output.NeedsOrigin) return null;
        return new RowOrigin(block.Share(), first == 0 ? null : [.. Enumerable.Range(first, count)]);
    }
}
