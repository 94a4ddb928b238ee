using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Cli.Sampling;

/// <summary>A source of JSON rows in memory: the input of a pipeline's own tests.</summary>
internal sealed class RowsSource(IReadOnlyList<string> rows, Schema schema) : Source
{
    public override ValueTask<SourceDescription> DescribeAsync(ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(new SourceDescription(schema, new Dictionary<string, string>(), rows.Count));

    public override async IAsyncEnumerable<Split> EnumerateAsync(ComponentContext context, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return new Split("rows", "test rows", 0, rows.Count, rows.Count, "");
    }

    public override ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult<SplitReader>(new Reader(rows, plan));

    private sealed class Reader(IReadOnlyList<string> rows, DecodePlan plan) : SplitReader
    {
        private bool _isDone;

        public override long BytesRead => _isDone ? rows.Count : 0;

        public override ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation)
        {
            if (_isDone) return ValueTask.FromResult<SourceBlock?>(null);
            _isDone = true;
            return ValueTask.FromResult<SourceBlock?>(new Block(rows) { SourceName = "test rows", Start = 0, End = rows.Count, Sequence = 0 });
        }

        public override BlockDecoder CreateDecoder() => new Decoder(plan);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Block(IReadOnlyList<string> rows) : SourceBlock
    {
        public IReadOnlyList<string> Rows => rows;

        public override long ByteSize => rows.Sum(row => (long)row.Length);

        public override ReadOnlySpan<byte> RecordBytes(int record) => Encoding.UTF8.GetBytes(rows[record]);

        public override long RecordPosition(int record) => record;

        protected override void Release()
        {
        }
    }

    private sealed class Decoder(DecodePlan plan) : BlockDecoder
    {
        public override void Decode(SourceBlock block, DecodeOutput output)
        {
            using var all = JsonRows.Parse(((Block)block).Rows, plan.Schema);
            var columns = plan.Columns ?? [.. Enumerable.Range(0, plan.Schema.Count)];
            using var narrow = all.Project(plan.Output, columns);
            var kept = narrow.Columns.Select(column => column.Share()).ToArray();
            output.Emit(new RecordBatch(plan.Output, kept, all.Length, output.NeedsOrigin ? new RowOrigin(block.Share()) : null));
        }
    }
}
