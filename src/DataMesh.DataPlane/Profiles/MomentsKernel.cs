using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataMesh.Core.Sketches;

namespace DataMesh.DataPlane.Profiles;

/// <summary>Moments and extremes of a column of doubles by SIMD. Every lane sums in double-double, as the scalar code does for one value at a time.</summary>
public static class MomentsKernel
{
    /// <summary>Adds values that are not NaN.</summary>
    public static void Add(ref Moments moments, ReadOnlySpan<double> values)
    {
        var done = 0;
        if (Vector512.IsHardwareAccelerated) done = Add512(ref moments, values);
        else if (Vector256.IsHardwareAccelerated) done = Add256(ref moments, values);
        AddScalar(ref moments, values[done..]);
    }

    /// <summary>Adds values one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScalar(ref Moments moments, ReadOnlySpan<double> values)
    {
        var local = moments;
        foreach (var value in values) local.Add(value);
        moments = local;
    }

    /// <summary>Adds the values that fill vectors of 512 bits; returns how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Add512(ref Moments moments, ReadOnlySpan<double> values)
    {
        var vectors = MemoryMarshal.Cast<double, Vector512<double>>(values);
        Vector512<double> sum = default, sumRest = default, squares = default, squaresRest = default;
        foreach (var value in vectors)
        {
            var square = value * value;
            squaresRest += Vector512.FusedMultiplyAdd(value, value, -square);
            var next = sum + value;
            var part = next - sum;
            sumRest += (sum - (next - part)) + (value - part);
            sum = next;
            next = squares + square;
            part = next - squares;
            squaresRest += (squares - (next - part)) + (square - part);
            squares = next;
        }

        for (var lane = 0; lane < Vector512<double>.Count; lane++)
            Include(ref moments, vectors.Length, sum[lane], sumRest[lane], squares[lane], squaresRest[lane]);
        return vectors.Length * Vector512<double>.Count;
    }

    /// <summary>Adds the values that fill vectors of 256 bits; returns how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Add256(ref Moments moments, ReadOnlySpan<double> values)
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(values);
        Vector256<double> sum = default, sumRest = default, squares = default, squaresRest = default;
        foreach (var value in vectors)
        {
            var square = value * value;
            squaresRest += Vector256.FusedMultiplyAdd(value, value, -square);
            var next = sum + value;
            var part = next - sum;
            sumRest += (sum - (next - part)) + (value - part);
            sum = next;
            next = squares + square;
            part = next - squares;
            squaresRest += (squares - (next - part)) + (square - part);
            squares = next;
        }

        for (var lane = 0; lane < Vector256<double>.Count; lane++)
            Include(ref moments, vectors.Length, sum[lane], sumRest[lane], squares[lane], squaresRest[lane]);
        return vectors.Length * Vector256<double>.Count;
    }

    /// <summary>Smallest and largest value; true when there is a NaN, and then they are unspecified.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Extremes(ReadOnlySpan<double> values, out double min, out double max)
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(values);
        var low = Vector256.Create(double.PositiveInfinity);
        var high = Vector256.Create(double.NegativeInfinity);
        var known = Vector256<double>.AllBitsSet;
        foreach (var value in vectors)
        {
            low = Vector256.MinNative(value, low);
            high = Vector256.MaxNative(value, high);
            known &= Vector256.Equals(value, value);
        }

        (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        var hasNaN = known.AsInt64() != Vector256<long>.AllBitsSet;
        for (var lane = 0; lane < Vector256<double>.Count; lane++)
        {
            min = Math.Min(min, low[lane]);
            max = Math.Max(max, high[lane]);
        }

        foreach (var value in values[(vectors.Length * Vector256<double>.Count)..])
        {
            hasNaN |= double.IsNaN(value);
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return hasNaN;
    }

    private static void Include(ref Moments moments, int count, double sum, double sumRest, double squares, double squaresRest) => moments.Merge(new Moments
    {
        Count = count,
        Sum = new DoubleDouble(sum, sumRest),
        SumOfSquares = new DoubleDouble(squares, squaresRest),
    });
}
