using System.Numerics;
using System.Text.Unicode;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Json;

/// <summary>
/// Turns blocks of JSON records into batches: one record a line, or records whose starts the reader has marked.
/// </summary>
internal sealed unsafe class JsonBlockDecoder : TextBlockDecoder
{
    private readonly DecodePlan _plan;
    private readonly JsonShape _shape;
    private readonly JsonReport _report;
    private readonly JsonValues _values;
    private readonly JsonRecordParser _parser;
    private readonly JsonTemplates _templates;
    private readonly JsonRecordStarts _starts = new();
    private readonly JsonChunk _chunk = new();
    private readonly TimeZoneInfo? _zone;

    public JsonBlockDecoder(DecodePlan plan, JsonDialect dialect)
    {
        _plan = plan;
        _zone = dialect.Zone;
        _shape = new JsonShape(plan, dialect.Declared);
        _report = new JsonReport(plan);
        _values = new JsonValues(_zone);
        _parser = new JsonRecordParser(_shape, _report, _values);
        _templates = new JsonTemplates(_shape);
        NumberStart.Prepare();
        JsonTimes.Prepare();
    }

    /// <inheritdoc/>
    protected override void DecodeText(TextBlock block, DecodeOutput output)
    {
        // A reader of documents has said where records begin.
        var isAscii = block.RecordStarts.IsEmpty && _starts.Find(block);
        var isUtf8 = isAscii || Utf8.IsValid(block.Text);
        fixed (byte* text = block.Array)
        fixed (int* starts = block.RecordStarts)
        {
            var run = new Run(this, block, output, text, starts, isUtf8);
            try
            {
                run.Decode();
            }
            finally
            {
                foreach (var column in _shape.Columns) column.Abandon();
                run.Dispose();
            }
        }

        _report.Flush(output);
    }

    private static int RowsPerBatch(int columns) =>
        Math.Clamp(Limits.BatchBytesMax / (8 * Math.Max(columns, 1)), 64, Limits.BatchRowsMax);

    /// <summary>The decoding of one block.</summary>
    private ref struct Run(JsonBlockDecoder decoder, TextBlock block, DecodeOutput output, byte* text, int* starts, bool isUtf8)
    {
        private const int ChunkMin = 4;
        private readonly List<RecordBatch> _batches = [];
        private readonly int _records = block.RecordStarts.Length - 1;
        private RecordNumbers? _numbers;
        private int _rowsMax;
        private int _row;
        private int _chunkMax = JsonChunk.RecordsMax;

        public void Decode()
        {
            _rowsMax = Math.Min(_records, RowsPerBatch(decoder._shape.Columns.Length));
            if (output.NeedsOrigin) _numbers = new RecordNumbers(block, _rowsMax);
            Begin();
            for (var record = 0; record < _records;)
            {
                if (_row == _rowsMax)
                {
                    FinishBatch();
                    Begin();
                }

                record += !isUtf8 || decoder._templates.Rests() ? One(record) : Chunk(record);
            }

            FinishBatch();
            if (decoder._report.NeedsNewSchema) return;
            foreach (var batch in _batches) output.Emit(batch);
            _batches.Clear();
        }

        public readonly void Dispose()
        {
            foreach (var batch in _batches) batch.Dispose();
        }

        /// <summary>A record that goes to the parser at once.</summary>
        private int One(int record)
        {
            Parse(record, isUsed: false, out _);
            return 1;
        }

        /// <summary>Reads records by the templates, and those that none fits by the parser. Returns how many were dealt with.</summary>
        private int Chunk(int first)
        {
            var chunk = decoder._chunk;
            var (count, firstRow) = (Math.Min(Math.Min(_chunkMax, _records - first), _rowsMax - _row), _row);
            chunk.Begin(text, starts + first, count, firstRow, text + block.Length);
            decoder._templates.Read(chunk, decoder._values, decoder._zone);
            var taken = 0;
            for (var failed = chunk.Failed; ; failed &= failed - 1)
            {
                var next = failed == 0 ? count : BitOperations.TrailingZeroCount(failed);
                Keep(first, firstRow, taken, next);
                taken = next + 1;
                if (next == count) break;
                var isRow = Parse(first + next, isUsed: true, out var isNewForm);
                if (isRow && !isNewForm) continue;
                // What follows is read again: it moves up a row, or has a chance to fit now. The fewer, the sooner this happened.
                decoder._shape.ForgetNulls(_row, ulong.MaxValue);
                _chunkMax = Math.Clamp(taken * 2, ChunkMin, JsonChunk.RecordsMax);
                return taken;
            }

            _chunkMax = Math.Min(_chunkMax * 2, JsonChunk.RecordsMax);
            return count;
        }

        /// <summary>Some of a chunk's records have become rows.</summary>
        private void Keep(int first, int firstRow, int from, int to)
        {
            if (from == to) return;
            foreach (var column in decoder._shape.Columns) column.Append(firstRow, from, to);
            _numbers?.Take(first + from, _row, to - from);
            decoder._templates.Hit(to - from);
            _row += to - from;
        }

        /// <summary>Reads a record by the parser; false when it is bad. <paramref name="isNewForm"/>: the templates have learned from it.</summary>
        private bool Parse(int record, bool isUsed, out bool isNewForm)
        {
            var start = text + starts[record];
            var stop = text + starts[record + 1];
            while (stop > start && JsonScan.IsSpace(stop[-1])) stop--;
            var position = block.Start + starts[record];
            var bytes = new ReadOnlySpan<byte>(start, (int)(stop - start));
            isNewForm = false;
            if (!isUtf8 && !Utf8.IsValid(bytes))
            {
                output.Bad(bytes, position, QuarantineReasons.Undecodable, "the record is no valid UTF-8");
                return false;
            }

            if (decoder._parser.Parse(start, stop, _row, position, isUsed))
            {
                isNewForm = isUtf8 && decoder._templates.Learn(start, stop);
                _numbers?.Take(record, _row, 1);
                _row++;
                return true;
            }

            decoder._shape.Reset(_row);
            if (decoder._parser.Reason == QuarantineReasons.Misfit) output.Misfit(bytes, position, decoder._parser.MisfitValue, decoder._parser.Detail);
            else output.Bad(bytes, position, decoder._parser.Reason, decoder._parser.Detail);
            return false;
        }

        private void Begin()
        {
            _row = 0;
            foreach (var column in decoder._shape.Columns) column.Begin(_rowsMax);
            decoder._templates.Refresh();
            _numbers?.Begin();
        }

        private readonly void FinishBatch()
        {
            if (_row == 0) return;
            var columns = new Column[decoder._shape.Columns.Length];
            foreach (var column in decoder._shape.Columns) columns[column.Index] = column.Finish(_row);
            _batches.Add(new RecordBatch(decoder._plan.Output, columns, _row, _numbers?.Origin()));
        }
    }
}
