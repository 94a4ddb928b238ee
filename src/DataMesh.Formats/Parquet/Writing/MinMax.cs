using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Smallest and largest of many numbers, with vectors.</summary>
internal static class MinMax
{
    public static void Add<T>(ReadOnlySpan<T> values, ColumnBounds bounds) where T : unmanaged
    {
        if (values.IsEmpty) return;
        if (typeof(T) == typeof(long))
        {
            Find(MemoryMarshal.Cast<T, long>(values), out var min, out var max);
            bounds.AddIntegers(min, max);
        }
        else if (typeof(T) == typeof(int))
        {
            Find(MemoryMarshal.Cast<T, int>(values), out var min, out var max);
            bounds.AddIntegers(min, max);
        }
        else if (typeof(T) == typeof(double))
        {
            Find(MemoryMarshal.Cast<T, double>(values), out var min, out var max, out var hasNaN);
            bounds.AddDoubles(min, max, hasNaN);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Find<T>(ReadOnlySpan<T> values, out T min, out T max) where T : unmanaged, INumber<T>
    {
        (min, max) = (values[0], values[0]);
        var i = 0;
        if (values.Length >= Vector<T>.Count)
        {
            var low = new Vector<T>(values);
            var high = low;
            ref var start = ref MemoryMarshal.GetReference(values);
            for (; i <= values.Length - Vector<T>.Count; i += Vector<T>.Count)
            {
                var some = Vector.LoadUnsafe(ref start, (nuint)i);
                low = Vector.Min(low, some);
                high = Vector.Max(high, some);
            }

            for (var lane = 0; lane < Vector<T>.Count; lane++)
            {
                min = T.Min(min, low[lane]);
                max = T.Max(max, high[lane]);
            }
        }

        for (; i < values.Length; i++)
        {
            min = T.Min(min, values[i]);
            max = T.Max(max, values[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Find(ReadOnlySpan<double> values, out double min, out double max, out bool hasNaN)
    {
        (min, max, hasNaN) = (double.PositiveInfinity, double.NegativeInfinity, false);
        var i = 0;
        var (low, high) = (new Vector<double>(min), new Vector<double>(max));
        var ordered = Vector<long>.AllBitsSet;
        ref var start = ref MemoryMarshal.GetReference(values);
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var some = Vector.LoadUnsafe(ref start, (nuint)i);
            ordered &= Vector.Equals(some, some);
            low = Vector.MinNative(some, low);
            high = Vector.MaxNative(some, high);
        }

        hasNaN = ordered != Vector<long>.AllBitsSet;
        for (var lane = 0; lane < Vector<double>.Count; lane++)
        {
            min = Math.Min(min, low[lane]);
            max = Math.Max(max, high[lane]);
        }

        for (; i < values.Length; i++)
        {
            hasNaN |= double.IsNaN(values[i]);
            min = Math.Min(min, values[i]);
            max = Math.Max(max, values[i]);
        }
    }
}
