using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>The comparison kernels: 64 rows become one word of the result.</summary>
internal static class Comparison
{
    /// <summary>Dispatches on the storage type; both sides have the same type.</summary>
    public static Operand Run<TTest>(in KernelCall call) where TTest : struct, IComparison
    {
        var values = Compare<TTest>(call[0], call[1], call.Length);
        return Bits.ToColumn(values, call.CombinedValidity());
    }

    /// <summary>The rows where the test holds; unspecified where one side is null.</summary>
    public static Bitmap Compare<TTest>(in Operand left, in Operand right, int length) where TTest : struct, IComparison
    {
        switch (left.Type.Kind)
        {
            case TypeKind.Int64 or TypeKind.Timestamp: return Fixed<long, TTest>(left, right, length);
            case TypeKind.Float64: return Fixed<double, TTest>(left, right, length);
            case TypeKind.Date: return Fixed<int, TTest>(left, right, length);
            case TypeKind.Decimal: return Fixed<Int128, TTest>(left, right, length);
            case TypeKind.Bool: return Bools<TTest>(left, right, length);
            case TypeKind.Null: return Bitmap.Zeros(length);
            default: return TextComparison.Compare<TTest>(left, right, length);
        }
    }

    private static Bitmap Fixed<T, TTest>(in Operand left, in Operand right, int length) where T : unmanaged, INumber<T> where TTest : struct, IComparison
    {
        var result = Bitmap.Uninitialised(length);
        if (left.IsConstant && right.IsConstant) result.Words.Fill(TTest.Test(left.Value<T>(), right.Value<T>()) ? ulong.MaxValue : 0);
        else if (left.IsConstant) Loop<T, TTest>([left.Value<T>()], right.Values<T>(), result);
        else if (right.IsConstant) Loop<T, TTest>(left.Values<T>(), [right.Value<T>()], result);
        else Loop<T, TTest>(left.Values<T>(), right.Values<T>(), result);
        result.ClearTail();
        return result;
    }

    private static Bitmap Bools<TTest>(in Operand left, in Operand right, int length) where TTest : struct, IComparison
    {
        var result = Bits.TrueRows(left, length);
        using var other = Bits.TrueRows(right, length);
        var words = result.Words;
        var others = other.Words;
        for (var i = 0; i < words.Length; i++) words[i] = TTest.Test(words[i], others[i]);
        result.ClearTail();
        return result;
    }

    /// <summary>Compares into <paramref name="result"/>, every word of it; a side of one value (when there are more rows) is a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Loop<T, TTest>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Bitmap result) where T : unmanaged, INumber<T> where TTest : struct, IComparison
    {
        var words = result.Words;
        var full = 0;
        if (typeof(T) != typeof(Int128) && Vector512.IsHardwareAccelerated) full = Loop512<T, TTest>(left, right, words, result.Length);
        else if (typeof(T) != typeof(Int128) && Vector256.IsHardwareAccelerated) full = Loop256<T, TTest>(left, right, words, result.Length);
        ScalarLoop<T, TTest>(left, right, words, full * 64, result.Length);
    }

    /// <summary>The rows from <paramref name="from"/> (a multiple of 64) one by one: the fallback and the tail.</summary>
    internal static void ScalarLoop<T, TTest>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<ulong> words, int from, int length) where T : unmanaged, INumber<T> where TTest : struct, IComparison
    {
        var (stepLeft, stepRight) = (left.Length == length ? 1 : 0, right.Length == length ? 1 : 0);
        for (var start = from; start < length; start += 64)
        {
            var word = 0UL;
            var count = Math.Min(64, length - start);
            for (var i = 0; i < count; i++)
                word |= (TTest.Test(left[(start + i) * stepLeft], right[(start + i) * stepRight]) ? 1UL : 0UL) << i;
            words[start >> 6] = word;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Loop512<T, TTest>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<ulong> words, int length) where T : unmanaged, INumber<T> where TTest : struct, IComparison
    {
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        var (isLeft, isRight) = (left.Length == length, right.Length == length);
        var (constantLeft, constantRight) = (Vector512.Create(a), Vector512.Create(b));
        var full = length >> 6;
        for (var w = 0; w < full; w++)
        {
            var word = 0UL;
            for (var i = 0; i < 64; i += Vector512<T>.Count)
            {
                var at = (nuint)(w * 64 + i);
                var test = TTest.Test(isLeft ? Vector512.LoadUnsafe(ref a, at) : constantLeft, isRight ? Vector512.LoadUnsafe(ref b, at) : constantRight);
                word |= test.ExtractMostSignificantBits() << i;
            }

            words[w] = word;
        }

        return full;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Loop256<T, TTest>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<ulong> words, int length) where T : unmanaged, INumber<T> where TTest : struct, IComparison
    {
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        var (isLeft, isRight) = (left.Length == length, right.Length == length);
        var (constantLeft, constantRight) = (Vector256.Create(a), Vector256.Create(b));
        var full = length >> 6;
        for (var w = 0; w < full; w++)
        {
            var word = 0UL;
            for (var i = 0; i < 64; i += Vector256<T>.Count)
            {
                var at = (nuint)(w * 64 + i);
                var test = TTest.Test(isLeft ? Vector256.LoadUnsafe(ref a, at) : constantLeft, isRight ? Vector256.LoadUnsafe(ref b, at) : constantRight);
                word |= (ulong)test.ExtractMostSignificantBits() << i;
            }

            words[w] = word;
        }

        return full;
    }
}
