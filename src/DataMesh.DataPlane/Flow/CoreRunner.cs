using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Ledger;
using DataMesh.DataPlane.Quarantine;
using DataMesh.Formats.Text;

namespace DataMesh.DataPlane.Flow;

/// <summary>The parallel region on one core: decodes a block and takes its batches through every stage that needs no order.</summary>
internal sealed class CoreRunner(BoundGraph graph, ExchangePlan? exchange) : RegionRunner(graph)
{
    private Morsel _morsel = null!;
    private long _number;

    /// <summary>Decodes only, to learn every widening after the first.</summary>
    public bool DecodesOnly { get; set; }

    /// <summary>Whether bad records must know which of their block they are.</summary>
    public bool NumbersRecords { get; init; }

    public override LedgerCounters Counts => _morsel.Counts;

    public override List<BadRecord> Bad => _morsel.Bad;

    public override Dictionary<string, long> Notices => _morsel.Notices;

    /// <summary>Turns a block into a morsel. The block is let go of.</summary>
    public Morsel Run(BlockInFlight block)
    {
        var morsel = _morsel = new Morsel(new LedgerCounters(Graph.NodeNames.Count), block.Block.ByteSize);
        _number = block.Number;
        using (block.Block)
        {
            if (block.Split.Poisoned.FirstOrDefault(range => range.From == block.Block.Start) is { } poisoned) poisoned.SetAside(block.Block, new Output(this, block));
            else Decode(block);
        }

        if (morsel.Widenings.Count > 0) morsel.Discard();
        return morsel;
    }

    private void Decode(BlockInFlight block)
    {
        var decoder = block.Split.RentDecoder();
        decoder.Decode(block.Block, new Output(this, block));
        block.Split.ReturnDecoder(decoder);
    }

    protected override long BlockNumber => _number;

    protected override bool Runs(BoundNode node) => node.Region == Region.Parallel || (node.Region == Region.Absorbing && exchange?.SendsStates(node) != false);

    protected override void Leave(Edge edge, RecordBatch batch)
    {
        if (edge.IsSink || !Graph.OrderedNeedsOrigin) batch.DropOrigin();
        _morsel.Batches.Add((edge, batch));
    }

    /// <summary>What a decoder sees as its output.</summary>
    private sealed class Output(CoreRunner runner, BlockInFlight block) : DecodeOutput
    {
        private readonly int _source = block.Split.Source.Node;

        public override bool NeedsOrigin => runner.NumbersRecords || runner.Graph.NeedsOrigin || block.Split.Treatment?.NeedsOriginIn(block.Block) == true;

        public override void Emit(RecordBatch batch)
        {
            runner.Counts.In(_source) += batch.Length;
            if (batch.Length == 0 || runner.DecodesOnly || runner._morsel.Widenings.Count > 0)
            {
                batch.Dispose();
                return;
            }

            block.Split.Sought?.Look(batch);
            var treated = block.Split.Treatment is { } treatment ? treatment.Apply(batch, block.Split.Times, SetAside, Tell) : batch;
            if (treated is not { Length: > 0 })
            {
                treated?.Dispose();
                return;
            }

            runner.Counts.Out(_source) += treated.Length;
            runner.Fan(block.Split.Source.Consumers, treated);
        }

        public override void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail)
        {
            runner.Counts.In(_source)++;
            runner.Counts.Quarantined(_source)++;
            runner.Bad.Add(BadRows.Cut(record, reason, null, detail, _source, block.Block.SourceName, position, IsCut(record)) with { Form = block.Block.Form, Record = NumberOf(position) });
        }

        public override void Misfit(ReadOnlySpan<byte> record, long position, in MisfitValue value, string detail)
        {
            block.Split.Sought?.Saw(value.Column);
            if (block.Split.Loosens?.Invoke(value.Column) == true)
            {
                runner._morsel.Widenings.Add(Again(value.Column, value.Found) with { Because = FindingKind.Misfit });
                return;
            }

            runner.Counts.In(_source)++;
            runner.Counts.Quarantined(_source)++;
            runner.Bad.Add(BadRows.Cut(record, QuarantineReasons.Misfit, value.Column, detail, _source, block.Block.SourceName, position) with { Form = block.Block.Form, Record = NumberOf(position) });
            Tell(FindingKind.Misfit, value.Column, value.Found, position, value.Shown);
        }

        /// <summary>Which record of the block stands at a position, -1 when unknown.</summary>
        private int NumberOf(long position)
        {
            if (!runner.NumbersRecords) return -1;
            if (block.Block is not TextBlock text) return (int)(position - block.Block.Start);
            if (text.RecordStarts.IsEmpty) return -1;
            var found = text.RecordStarts.BinarySearch((int)(position - text.Start));
            return found >= 0 ? found : ~found - 1;
        }

        /// <summary>Whether the block is a broken record of which only the first bytes were kept.</summary>
        private bool IsCut(ReadOnlySpan<byte> record) => block.Block is TextBlock { Fault: not null } broken && broken.End - broken.Start > record.Length;

        public override void UnknownColumn(string column, DataType type, long count, long firstPosition)
        {
            Tell(FindingKind.Unknown, column, type, firstPosition, null);
            var notice = $"values of the new column '{column}' ({type}) left out, first in {block.Block.SourceName}";
            runner.Notices[notice] = runner.Notices.GetValueOrDefault(notice) + count;
        }

        public override void Widen(string column, DataType type) => runner._morsel.Widenings.Add(Again(column, type));

        private Widening Again(string column, DataType type) =>
            new(_source, column, type, $"{block.Block.SourceName} @ {block.Block.Start}") { At = new BlockPlace(block.Split.Split.Id, block.Block.Start) };

        private void SetAside(RecordBatch batch, int[] rows, string reason, string? rule, string detail)
        {
            runner.Counts.Quarantined(_source) += rows.Length;
            foreach (var row in rows) runner.Bad.Add(BadRows.From(batch, row, reason, rule, detail, _source, isOneRecord: true));
        }

        private void Tell(FindingKind kind, string column, DataType found, RecordBatch batch, int row, string? shown) =>
            Tell(kind, column, found, batch.Origin is { } origin ? origin.Block.RecordPosition(origin.RecordOf(row)) : null, shown);

        /// <summary>Once per block, column and type is enough.</summary>
        private void Tell(FindingKind kind, string column, DataType found, long? position, string? shown)
        {
            var findings = runner._morsel.Findings;
            if (!findings.Exists(each => each.Kind == kind && each.Found == found && each.Column == column))
                findings.Add(new Finding(kind, block.Split.Name, column, found, position, block.Block.Start, shown));
        }
    }
}
