using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Tests.Stages;

/// <summary>A source of JSON rows in memory, each row a block of its own.</summary>
internal class RowsSource(string rows) : Source
{
    /// <summary>Reports this widening once the plan has another type there.</summary>
    public (string Column, DataType Type)? Widening { get; init; }

    /// <summary>Whether the first record is bad.</summary>
    public bool IsBad { get; init; }

    public override ValueTask<SourceDescription> DescribeAsync(ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(new SourceDescription(JsonRows.InferSchema(JsonRows.Split(rows)), new Dictionary<string, string>(), rows.Length));

    public override async IAsyncEnumerable<Split> EnumerateAsync(ComponentContext context, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return new Split("rows", "rows", 0, -1, rows.Length, "");
    }

    public override ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult<SplitReader>(new Reader(this, JsonRows.Split(rows), plan));

    private sealed class Reader(RowsSource source, IReadOnlyList<string> rows, DecodePlan plan) : SplitReader
    {
        private int _next;

        public override long BytesRead => _next;

        public override ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation) =>
            ValueTask.FromResult<SourceBlock?>(_next == rows.Count ? null : new RowBlock(rows[_next]) { SourceName = "rows", Start = _next, End = _next + 1, Sequence = _next++ });

        public override BlockDecoder CreateDecoder() => new Decoder(source, plan);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Decoder(RowsSource source, DecodePlan plan) : BlockDecoder
    {
        public override void Decode(SourceBlock block, DecodeOutput output)
        {
            if (source.IsBad) output.Bad("?"u8, block.Start, QuarantineReasons.Undecodable, "not JSON");
            else if (source.Widening is { } wider && plan.Schema[plan.Schema.Require(wider.Column)].Type != wider.Type) output.Widen(wider.Column, wider.Type);
            else output.Emit(JsonRows.Parse([((RowBlock)block).Row], plan.Output));
        }
    }

    private sealed class RowBlock(string row) : SourceBlock
    {
        public string Row => row;

        public override long ByteSize => row.Length;

        public override ReadOnlySpan<byte> RecordBytes(int record) => System.Text.Encoding.UTF8.GetBytes(row);

        public override long RecordPosition(int record) => Start;

        protected override void Release()
        {
        }
    }
}
