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
    private readonly TimeZoneInfo? _zone;

    public JsonBlockDecoder(DecodePlan plan, JsonDialect dialect)
    {
        _plan = plan;
        _zone = dialect.Zone;
        _shape = new JsonShape(plan, dialect.Declared);
        _report = new JsonReport(plan.Widening);
        _values = new JsonValues(_zone, plan.Widening);
        _parser = new JsonRecordParser(_shape, _report, _values, plan.Widening);
        _templates = new JsonTemplates(_shape);
    }

    /// <inheritdoc/>
    protected override void DecodeText(TextBlock block, DecodeOutput output)
    {
        var isUtf8 = Utf8.IsValid(block.Text);
        fixed (byte* text = block.Array)
        {
            var run = new Run(this, block, output, text, isUtf8);
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

    private static ReadOnlySpan<byte> Kept(ReadOnlySpan<byte> record) => record[..Math.Min(record.Length, Limits.QuarantineBytesKeptMax)];

    /// <summary>The decoding of one block.</summary>
    private ref struct Run(JsonBlockDecoder decoder, TextBlock block, DecodeOutput output, byte* text, bool isUtf8)
    {
        private readonly ReadOnlySpan<int> _starts = block.RecordStarts;
        private readonly byte* _end = text + block.Length;
        private readonly List<RecordBatch> _batches = [];
        private RecordNumbers? _numbers;
        private int _rowsMax;
        private int _row;
        private bool _rowIsUsed;

        public void Decode()
        {
            var count = _starts.IsEmpty ? block.Text.Count((byte)'\n') + 1 : _starts.Length - 1;
            _rowsMax = Math.Min(count, RowsPerBatch(decoder._shape.Columns.Length));
            if (output.NeedsOrigin) _numbers = new RecordNumbers(block, count, needsStarts: _starts.IsEmpty);
            Begin();
            if (_starts.IsEmpty) Lines();
            else Marked();
            FinishBatch();
            _numbers?.Finish();
            if (decoder._report.NeedsNewSchema) return;
            foreach (var batch in _batches) output.Emit(batch);
            _batches.Clear();
        }

        public readonly void Dispose()
        {
            foreach (var batch in _batches) batch.Dispose();
            _numbers?.Dispose();
        }

        /// <summary>Records that end at line ends.</summary>
        private void Lines()
        {
            var p = text;
            while (true)
            {
                while (p < _end && JsonScan.IsSpace(*p)) p++;
                if (p >= _end) return;
                var next = Expected(p, _end);
                if (next != null && IsLineEnd(ref next))
                {
                    Accept(p);
                    p = next;
                    continue;
                }

                var line = new ReadOnlySpan<byte>(p, (int)(_end - p)).IndexOf((byte)'\n');
                var stop = line < 0 ? _end : p + line;
                Parse(p, stop);
                p = stop;
            }
        }

        /// <summary>Records whose starts are known; what lies between them was blanked by the reader.</summary>
        private void Marked()
        {
            for (var i = 0; i + 1 < _starts.Length; i++)
            {
                var p = text + _starts[i];
                var stop = text + _starts[i + 1];
                var next = Expected(p, stop);
                if (next != null && JsonScan.SkipSpace(next, stop) == stop) Accept(p);
                else Parse(p, stop);
            }
        }

        private byte* Expected(byte* p, byte* stop)
        {
            if (!isUtf8) return null;
            var next = decoder._templates.Read(p, stop, _row, decoder._values, decoder._zone, ref _rowIsUsed);
            if (next != null) _rowIsUsed = true;
            return next;
        }

        private readonly bool IsLineEnd(ref byte* next)
        {
            while (next < _end && *next is (byte)' ' or (byte)'\r' or (byte)'\t') next++;
            return next == _end || (next < _end && *next == '\n');
        }

        private void Parse(byte* start, byte* stop)
        {
            while (stop > start && JsonScan.IsSpace(stop[-1])) stop--;
            var position = block.Start + (start - text);
            var record = new ReadOnlySpan<byte>(start, (int)(stop - start));
            if (!isUtf8 && !Utf8.IsValid(record))
            {
                output.Bad(Kept(record), position, QuarantineReasons.Undecodable, "the record is no valid UTF-8");
                _numbers?.Skip((int)(start - text), _row);
            }
            else if (decoder._parser.Parse(start, stop, _row, position, _rowIsUsed))
            {
                decoder._templates.Learn(start, stop);
                Accept(start);
            }
            else
            {
                _rowIsUsed = true;
                output.Bad(Kept(record), position, decoder._parser.Reason, decoder._parser.Detail);
                _numbers?.Skip((int)(start - text), _row);
            }
        }

        private void Accept(byte* start)
        {
            _numbers?.Take((int)(start - text), _row);
            _rowIsUsed = false;
            if (++_row < _rowsMax) return;
            FinishBatch();
            Begin();
        }

        private void Begin()
        {
            _row = 0;
            _rowIsUsed = false;
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
