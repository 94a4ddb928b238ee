using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>
/// Turns the fields of a block's records into batches: each needed column is parsed as a whole. A block is parsed completely before anything
/// of it is emitted, because one value that widens a type takes the block back.
/// </summary>
internal sealed class FieldBatches
{
    private readonly DecodePlan _plan;
    private readonly FieldColumn[] _columns;
    private readonly FieldErrors _errors;
    private readonly List<Field> _unknown;
    private readonly List<RecordBatch> _batches = [];
    private readonly List<CsvBadRecord> _bad = [];
    private readonly CsvOrigins _origins = new();
    private int _rows;

    /// <summary>Makes the columns of the plan for a file with these columns.</summary>
    public FieldBatches(CsvDialect dialect, Schema file, DecodePlan plan)
    {
        _plan = plan;
        _errors = new FieldErrors(plan);
        _columns = [.. plan.Output.Select(field => FieldColumns.Create(field, file.IndexOf(field.Name), dialect))];
        _unknown = [.. file.Where(each => plan.Schema.IndexOf(each.Name) < 0)];
    }

    /// <summary>Begins with a block.</summary>
    public void Begin()
    {
        _errors.Clear();
        _batches.Clear();
        _bad.Clear();
        _origins.Clear();
        foreach (var column in _columns) column.Reset();
        _rows = 0;
        foreach (var field in _unknown)
            if (_plan.TakesColumn(field.Name)) _errors.Widen(field.Name, field.Type);
    }

    /// <summary>Adds records. <paramref name="lineStarts"/> and <paramref name="numbers"/> are only looked at when origins are needed.</summary>
    public void Add(in CsvRecords records, TextBlock block, bool needsOrigin, ReadOnlySpan<int> lineStarts, ReadOnlySpan<int> numbers)
    {
        if (_rows + records.Count > Limits.BatchRowsMax) Cut(block, needsOrigin);
        if (needsOrigin) _origins.Add(records.Count, lineStarts, numbers);
        foreach (var column in _columns) column.Append(records, _rows, _errors);
        _rows += records.Count;
    }

    /// <summary>Adds records that can not become rows.</summary>
    public void AddBad(List<CsvBadRecord> bad) => _bad.AddRange(bad);

    /// <summary>Ends the block: its rows and bad records go out, or the types it calls for.</summary>
    public void Finish(TextBlock block, DecodeOutput output)
    {
        Cut(block, output.NeedsOrigin);
        if (_errors.MustWiden) Widen(output);
        else Emit(block, output);
    }

    /// <summary>Makes a batch of the rows so far.</summary>
    private void Cut(TextBlock block, bool needsOrigin)
    {
        if (_rows == 0) return;
        if (_errors.MustWiden)
        {
            foreach (var column in _columns) column.Reset();
            _origins.TakeNumbers();
            _rows = 0;
            return;
        }

        var columns = new Column[_columns.Length];
        for (var i = 0; i < columns.Length; i++) columns[i] = _columns[i].Finish(_rows);
        var origin = needsOrigin ? new RowOrigin(block.Share(), _origins.TakeNumbers()) : null;
        var batch = new RecordBatch(_plan.Output, columns, _rows, origin);
        _batches.Add(_errors.Misfits.Count == 0 ? batch : WithoutMisfits(batch));
        _rows = 0;
    }

    private RecordBatch WithoutMisfits(RecordBatch batch)
    {
        var isBad = new bool[batch.Length];
        foreach (var each in _errors.Misfits)
        {
            if (isBad[each.Row]) continue;
            isBad[each.Row] = true;
            _bad.Add(new CsvBadRecord(
                each.Start, each.End, QuarantineReasons.Misfit, $"column '{each.Value.Column}': '{each.Value.Shown}' is no {each.Value.Expected}", each.Value));
        }

        _errors.Misfits.Clear();
        var good = Enumerable.Range(0, batch.Length).Where(row => !isBad[row]).ToArray();
        using (batch) return batch.Take(good);
    }

    private void Widen(DecodeOutput output)
    {
        foreach (var (column, type) in _errors.Widenings) output.Widen(column, type);
        foreach (var batch in _batches) batch.Dispose();
        _batches.Clear();
    }

    private void Emit(TextBlock block, DecodeOutput output)
    {
        if (output.NeedsOrigin) _origins.GiveTo(block);
        var rows = _batches.Sum(batch => batch.Length);
        foreach (var field in _unknown) output.UnknownColumn(field.Name, field.Type, rows, block.Start);
        foreach (var batch in _batches)
        {
            if (batch.Length > 0) output.Emit(batch);
            else batch.Dispose();
        }

        _batches.Clear();
        foreach (var each in _bad)
        {
            var record = TextBlock.TrimLineEnd(block.Text[each.Start..Math.Min(each.End, block.Length)]);
            if (each.Misfit is { } misfit) output.Misfit(record, block.Start + each.Start, misfit, each.Detail);
            else output.Bad(record, block.Start + each.Start, each.Reason, each.Detail);
        }
    }
}
