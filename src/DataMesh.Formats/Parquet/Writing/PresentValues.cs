using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Copies values and leaves the nulls out.</summary>
internal static class PresentValues
{
    /// <summary>Copies the present values of a row range; returns how many. The target has room for one more than that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Copy<T>(ReadOnlySpan<T> values, Bitmap? validity, int from, int to, Span<T> target) where T : unmanaged
    {
        if (validity is null)
        {
            values[from..to].CopyTo(target);
            return to - from;
        }

        var words = validity.Words;
        var next = 0;
        for (var row = from; row < to; row += 64)
        {
            var end = Math.Min(row + 64, to);
            var bits = BitAppender.Extract(words, row, end);
            if (bits == ulong.MaxValue)
            {
                values.Slice(row, 64).CopyTo(target[next..]);
                next += 64;
            }
            else if (bits != 0)
            {
                next += CopySome(values[row..end], bits, target[next..]);
            }
        }

        return next;
    }

    /// <summary>Without a branch per value: each is written, and the next one overwrites it unless it was present.</summary>
    private static int CopySome<T>(ReadOnlySpan<T> values, ulong bits, Span<T> target) where T : unmanaged
    {
        var present = System.Numerics.BitOperations.PopCount(bits);
        if (target.Length <= present) throw new ArgumentException("The target lacks its slack.", nameof(target));
        ref var output = ref MemoryMarshal.GetReference(target);
        nint next = 0;
        foreach (var value in values)
        {
            Unsafe.Add(ref output, next) = value;
            next += (nint)(bits & 1);
            bits >>= 1;
        }

        return present;
    }
}
