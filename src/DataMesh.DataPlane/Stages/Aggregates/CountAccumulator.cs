using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary><c>count(*)</c> without an argument, <c>count(x)</c> with one: rows whose argument is not null.</summary>
internal sealed class CountAccumulator : Accumulator<long>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        var counts = States;
        if (arguments.Length == 0 || arguments[0].NullCount == 0)
        {
            foreach (var group in groups) counts[group]++;
            return;
        }

        var argument = arguments[0];
        for (var i = 0; i < groups.Length; i++)
            if (!argument.IsNull(i)) counts[groups[i]]++;
    }

    protected override void MergeState(ref long state, in long other) => state += other;

    protected override void SaveState(StateWriter writer, long state) => writer.Int64(state);

    protected override long RestoreState(StateReader reader) => reader.Int64();
}
