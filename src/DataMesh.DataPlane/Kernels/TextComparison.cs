using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Comparison of texts and bytes: by bytes, which for UTF-8 is the order of code points.</summary>
internal static class TextComparison
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Bitmap Compare<TTest>(in Operand left, in Operand right, int length) where TTest : struct, IComparison
    {
        var result = Bitmap.Uninitialised(length);
        var words = result.Words;
        var a = new ByteReader(left);
        var b = new ByteReader(right);
        for (var start = 0; start < length; start += 64)
        {
            var word = 0UL;
            var count = Math.Min(64, length - start);
            for (var i = 0; i < count; i++)
                word |= (Test<TTest>(a[start + i], b[start + i]) ? 1UL : 0UL) << i;
            words[start >> 6] = word;
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Test<TTest>(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) where TTest : struct, IComparison
    {
        if (typeof(TTest) == typeof(IsEqual)) return a.SequenceEqual(b);
        if (typeof(TTest) == typeof(IsNotEqual)) return !a.SequenceEqual(b);
        return TTest.Test(a.SequenceCompareTo(b));
    }
}
