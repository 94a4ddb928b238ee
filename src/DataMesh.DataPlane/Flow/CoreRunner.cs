using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Ledger;
using DataMesh.DataPlane.Quarantine;

namespace DataMesh.DataPlane.Flow;

/// <summary>The parallel region on one core: decodes a block and takes its batches through every stage that needs no order.</summary>
internal sealed class CoreRunner(BoundGraph graph) : RegionRunner(graph)
{
    private Morsel _morsel = null!;

    /// <summary>Decodes only, to learn every widening after the first.</summary>
    public bool DecodesOnly { get; set; }

    public override LedgerCounters Counts => _morsel.Counts;

    public override List<BadRecord> Bad => _morsel.Bad;

    public override Dictionary<string, long> Notices => _morsel.Notices;

    /// <summary>Turns a block into a morsel. The block is let go of.</summary>
    public Morsel Run(BlockInFlight block)
    {
        var morsel = _morsel = new Morsel(new LedgerCounters(Graph.NodeNames.Count), block.Block.ByteSize);
        using (block.Block)
        {
            var decoder = block.Split.RentDecoder();
            decoder.Decode(block.Block, new Output(this, block));
            block.Split.ReturnDecoder(decoder);
        }

        if (morsel.Widenings.Count > 0) morsel.Discard();
        return morsel;
    }

    protected override bool Runs(BoundNode node) => node.Region != Region.Ordered;

    protected override void Leave(Edge edge, RecordBatch batch)
    {
        if (edge.IsSink || !Graph.OrderedNeedsOrigin) batch.DropOrigin();
        _morsel.Batches.Add((edge, batch));
    }

    /// <summary>What a decoder sees as its output.</summary>
    private sealed class Output(CoreRunner runner, BlockInFlight block) : DecodeOutput
    {
        private readonly int _source = block.Split.Source.Node;

        public override bool NeedsOrigin => runner.Graph.NeedsOrigin;

        public override void Emit(RecordBatch batch)
        {
            runner.Counts.In(_source) += batch.Length;
            if (batch.Length == 0 || runner.DecodesOnly || runner._morsel.Widenings.Count > 0)
            {
                batch.Dispose();
                return;
            }

            runner.Counts.Out(_source) += batch.Length;
            runner.Fan(block.Split.Source.Consumers, batch);
        }

        public override void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail)
        {
            runner.Counts.In(_source)++;
            runner.Counts.Quarantined(_source)++;
            runner.Bad.Add(BadRows.Cut(record, reason, null, detail, _source, block.Block.SourceName, position));
        }

        public override void UnknownColumn(string column, DataType type, long count, long firstPosition)
        {
            var notice = $"values of the new column '{column}' ({type}) left out, first in {block.Block.SourceName}";
            runner.Notices[notice] = runner.Notices.GetValueOrDefault(notice) + count;
        }

        public override void Widen(string column, DataType type) =>
            runner._morsel.Widenings.Add(new Widening(_source, column, type, $"{block.Block.SourceName} @ {block.Block.Start}"));
    }
}
