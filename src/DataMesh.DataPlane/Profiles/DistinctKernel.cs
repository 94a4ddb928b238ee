using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Sketches;

namespace DataMesh.DataPlane.Profiles;

/// <summary>Adds columns of values to a HyperLogLog: by its own hash set while it is exact, by a tight loop over the registers afterwards.</summary>
internal static class DistinctKernel
{
    /// <summary>Adds integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(HyperLogLog sketch, ReadOnlySpan<ulong> values)
    {
        var i = 0;
        for (; i < values.Length && sketch.IsExact; i++) sketch.Add(Hashing.OfInteger(values[i]));
        ref var registers = ref MemoryMarshal.GetReference(sketch.Registers);
        var precision = sketch.Precision;
        for (; i < values.Length; i++) HyperLogLog.Update(ref registers, Hashing.OfInteger(values[i]), precision);
    }

    /// <summary>Adds doubles that are not NaN; both zeros are one value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(HyperLogLog sketch, ReadOnlySpan<double> values)
    {
        var i = 0;
        for (; i < values.Length && sketch.IsExact; i++) sketch.Add(Hashing.OfDouble(values[i]));
        ref var registers = ref MemoryMarshal.GetReference(sketch.Registers);
        var precision = sketch.Precision;
        for (; i < values.Length; i++)
            HyperLogLog.Update(ref registers, Hashing.OfInteger(BitConverter.DoubleToUInt64Bits(values[i] + 0.0)), precision);
    }
}
