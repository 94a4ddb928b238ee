using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataMesh.Core.Columns;

/// <summary>Copies values by row number.</summary>
internal static class Gather
{
    /// <summary>Sets <c>target[i] = source[rows[i]]</c>; a negative row gives the default.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> rows, Span<T> target) where T : unmanaged
    {
        // One vectorised look at all row numbers takes the tests for negative and wrong ones out of the loop.
        if (source.IsEmpty || rows.ContainsAnyExceptInRange(0, source.Length - 1)) CopyChecked(source, rows, target);
        else CopyTrusted(source, rows, target[..rows.Length]);
    }

    private static void CopyChecked<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> rows, Span<T> target) where T : unmanaged
    {
        for (var i = 0; i < rows.Length; i++)
            target[i] = rows[i] >= 0 ? source[rows[i]] : default;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyTrusted<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> rows, Span<T> target) where T : unmanaged
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var row = ref MemoryMarshal.GetReference(rows);
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= target.Length - 4; i += 4)
        {
            Unsafe.Add(ref to, i) = Unsafe.Add(ref from, Unsafe.Add(ref row, i));
            Unsafe.Add(ref to, i + 1) = Unsafe.Add(ref from, Unsafe.Add(ref row, i + 1));
            Unsafe.Add(ref to, i + 2) = Unsafe.Add(ref from, Unsafe.Add(ref row, i + 2));
            Unsafe.Add(ref to, i + 3) = Unsafe.Add(ref from, Unsafe.Add(ref row, i + 3));
        }

        for (; i < target.Length; i++) Unsafe.Add(ref to, i) = Unsafe.Add(ref from, Unsafe.Add(ref row, i));
    }
}
