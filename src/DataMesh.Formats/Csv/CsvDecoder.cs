using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>Blocks of CSV to batches: the index finds fields, segment by segment, then the columns are parsed.</summary>
internal sealed class CsvDecoder(CsvDialect dialect, Schema file, DecodePlan plan, CsvIndex? index = null) : TextBlockDecoder
{
    private readonly CsvIndex _index = index ?? new CsvIndex(dialect);
    private readonly FieldBatches _batches = new(dialect, file, plan);

    /// <inheritdoc/>
    protected override void DecodeText(TextBlock block, DecodeOutput output)
    {
        _batches.Begin();
        _index.Begin(block);
        while (_index.Next(out var records))
        {
            _batches.Add(records, block, output.NeedsOrigin, output.NeedsOrigin ? _index.LineStarts(records) : default, _index.RecordNumbers);
            _batches.AddBad(_index.Bad);
        }

        _batches.Finish(block, output);
    }
}
