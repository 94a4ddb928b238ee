using DataMesh.Core.Columns;
using DataMesh.Core.Keys;
using DataMesh.Core.Sketches;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages.Keys;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary><c>approx_distinct</c>: one HyperLogLog per group.</summary>
internal sealed class ApproximateDistinctAccumulator : Accumulator<HyperLogLog?>
{
    private const int Precision = 12;
    private readonly DictionaryCodes<ulong> _codes = new();
    private ulong[] _hashes = [];

    public override long ByteSize => base.ByteSize + States.Sum(each => each?.ByteSize ?? 0);

    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        var argument = arguments[0];
        if (_hashes.Length < groups.Length) _hashes = new ulong[groups.Length];
        ColumnHashes.Write(argument, _hashes.AsSpan(0, groups.Length), _codes);
        var hasNulls = argument.NullCount != 0;
        for (var i = 0; i < groups.Length; i++)
            if (!hasNulls || !argument.IsNull(i)) (States[groups[i]] ??= new HyperLogLog(Precision)).Add(_hashes[i]);
    }

    protected override void MergeState(ref HyperLogLog? state, in HyperLogLog? other)
    {
        if (other is not null) (state ??= new HyperLogLog(Precision)).Merge(other);
    }

    protected override void SaveState(StateWriter writer, HyperLogLog? state) => writer.Bytes(state is null ? [] : state.ToBytes());

    protected override HyperLogLog? RestoreState(StateReader reader) => reader.Bytes() is { Length: > 0 } bytes ? HyperLogLog.FromBytes(bytes) : null;
}

/// <summary><c>quantile</c> and <c>median</c>: one histogram per group.</summary>
internal sealed class QuantileAccumulator : Accumulator<QuantileSketch?>
{
    private const int BucketsMax = 4096;

    public override long ByteSize => base.ByteSize + States.Sum(each => each?.ByteSize ?? 0);

    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        var argument = (FixedColumn<double>)arguments[0];
        var values = argument.Values;
        var hasNulls = argument.NullCount != 0;
        for (var i = 0; i < groups.Length; i++)
            if (!hasNulls || !argument.IsNull(i)) (States[groups[i]] ??= new QuantileSketch(BucketsMax)).Add(values.Slice(i, 1));
    }

    protected override void MergeState(ref QuantileSketch? state, in QuantileSketch? other)
    {
        if (other is not null) (state ??= new QuantileSketch(BucketsMax)).Merge(other);
    }

    protected override void SaveState(StateWriter writer, QuantileSketch? state) => writer.Bytes(state is null ? [] : state.ToBytes());

    protected override QuantileSketch? RestoreState(StateReader reader) => reader.Bytes() is { Length: > 0 } bytes ? QuantileSketch.FromBytes(bytes) : null;
}
