using System.Buffers;
using System.Numerics;

namespace DataMesh.Core.Columns;

/// <summary>
/// The pool behind <see cref="PooledBuffer"/>: byte arrays in four size classes per power of two, given out last in, first out, so that what is
/// warm in the cache is used again. It keeps at most <see cref="Limits.PooledBytesMax"/>; what comes back beyond that is left to the GC.
/// The shared array pool rounds up to powers of two and keeps arrays per thread, which costs several times the memory for column buffers.
/// </summary>
internal static class ColumnMemory
{
    private const int SmallMax = 4096;
    private const int LargeMax = 64 << 20;
    private const int ClassesPerDoubling = 4;

    private static readonly Stack<byte[]>[] Classes = [.. Enumerable.Range(0, ClassOf(LargeMax) + 1).Select(_ => new Stack<byte[]>())];
    private static long _kept;

    public static byte[] Rent(int bytes)
    {
        if (bytes <= SmallMax) return ArrayPool<byte>.Shared.Rent(Math.Max(bytes, 64));
        if (bytes > LargeMax) return GC.AllocateUninitializedArray<byte>(bytes);
        var at = ClassOf(bytes);
        // A somewhat larger array that lies idle is better than a new one: what a class needs at its own peak adds up otherwise.
        for (var i = at; i < Math.Min(at + ClassesPerDoubling, Classes.Length); i++)
            if (TryTake(Classes[i]) is { } array) return array;
        return GC.AllocateUninitializedArray<byte>(SizeOf(at));
    }

    private static byte[]? TryTake(Stack<byte[]> idle)
    {
        lock (idle)
        {
            if (!idle.TryPop(out var array)) return null;
            Interlocked.Add(ref _kept, -array.Length);
            return array;
        }
    }

    public static void Return(byte[] array)
    {
        if (array.Length <= SmallMax)
        {
            ArrayPool<byte>.Shared.Return(array);
            return;
        }

        if (array.Length > LargeMax || Interlocked.Read(ref _kept) + array.Length > Limits.PooledBytesMax) return;
        var idle = Classes[ClassOf(array.Length)];
        lock (idle) idle.Push(array);
        Interlocked.Add(ref _kept, array.Length);
    }

    /// <summary>The smallest class whose arrays hold <paramref name="bytes"/>.</summary>
    private static int ClassOf(int bytes)
    {
        var above = (uint)(bytes - 1) / SmallMax;
        if (above == 0) return 0;
        var doubling = BitOperations.Log2(above);
        var floor = (long)SmallMax << doubling;
        var quarter = (bytes - floor + floor / ClassesPerDoubling - 1) / (floor / ClassesPerDoubling);
        return doubling * ClassesPerDoubling + (int)quarter;
    }

    private static int SizeOf(int at)
    {
        var floor = SmallMax << (at / ClassesPerDoubling);
        return floor + floor / ClassesPerDoubling * (at % ClassesPerDoubling);
    }
}
