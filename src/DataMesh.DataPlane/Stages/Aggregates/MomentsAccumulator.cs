using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Sketches;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>Count, sum and sum of squares of doubles, for deviations and variances.</summary>
internal sealed class MomentsAccumulator : Accumulator<Moments>
{
    /// <summary>A version byte, the count, and two sums of two doubles each.</summary>
    private const int Bytes = 41;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        var states = States;
        var argument = (FixedColumn<double>)arguments[0];
        var values = argument.Values[..groups.Length];
        var valid = argument.NullCount == 0 ? default : (ReadOnlySpan<ulong>)argument.Validity!.Words;
        for (var i = 0; i < groups.Length; i++)
            if (valid.Length == 0 || (valid[i >> 6] >> i & 1) != 0) states[groups[i]].Add(values[i]);
    }

    protected override void MergeState(ref Moments state, in Moments other) => state.Merge(in other);

    protected override void SaveState(StateWriter writer, Moments state) => writer.Raw(state.ToBytes());

    protected override Moments RestoreState(StateReader reader)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        reader.Raw(bytes);
        return Moments.FromBytes(bytes);
    }
}
