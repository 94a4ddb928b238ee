using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>An operation on int64 that can tell where it overflowed.</summary>
internal interface ICheckedOperation
{
    /// <summary>The wrapped result; <paramref name="overflow"/> gets its sign bit set where the true result does not fit.</summary>
    static abstract long Apply(long a, long b, out long overflow);

    /// <summary>The same on eight values.</summary>
    static abstract Vector512<long> Apply(Vector512<long> a, Vector512<long> b, out Vector512<long> overflow);

    /// <summary>Whether the vector form is worth using.</summary>
    static abstract bool HasVector { get; }
}

/// <summary>a + b</summary>
internal readonly struct CheckedAdd : ICheckedOperation
{
    public static bool HasVector => true;

    public static long Apply(long a, long b, out long overflow)
    {
        var sum = unchecked(a + b);
        overflow = (a ^ sum) & (b ^ sum);
        return sum;
    }

    public static Vector512<long> Apply(Vector512<long> a, Vector512<long> b, out Vector512<long> overflow)
    {
        var sum = a + b;
        overflow = (a ^ sum) & (b ^ sum);
        return sum;
    }
}

/// <summary>a - b</summary>
internal readonly struct CheckedSubtract : ICheckedOperation
{
    public static bool HasVector => true;

    public static long Apply(long a, long b, out long overflow)
    {
        var difference = unchecked(a - b);
        overflow = (a ^ b) & (a ^ difference);
        return difference;
    }

    public static Vector512<long> Apply(Vector512<long> a, Vector512<long> b, out Vector512<long> overflow)
    {
        var difference = a - b;
        overflow = (a ^ b) & (a ^ difference);
        return difference;
    }
}

/// <summary>a * b</summary>
internal readonly struct CheckedMultiply : ICheckedOperation
{
    public static bool HasVector => false;

    public static long Apply(long a, long b, out long overflow)
    {
        var high = Math.BigMul(a, b, out var low);
        overflow = high == low >> 63 ? 0 : -1;
        return low;
    }

    public static Vector512<long> Apply(Vector512<long> a, Vector512<long> b, out Vector512<long> overflow) => throw new NotSupportedException();
}

/// <summary>Checked int64 arithmetic: a row whose result does not fit in 64 bits fails; it never wraps.</summary>
internal static class IntegerArithmetic
{
    public static Operand Run<TOperation>(in KernelCall call) where TOperation : struct, ICheckedOperation
    {
        var buffer = PooledBuffer.Rent<long>(call.Length);
        var result = buffer.As<long>();
        var (left, right) = (call[0], call[1]);
        long overflow;
        if (left.IsConstant) overflow = Loop<TOperation>([left.Value<long>()], right.Values<long>(), result);
        else if (right.IsConstant) overflow = Loop<TOperation>(left.Values<long>(), [right.Value<long>()], result);
        else overflow = Loop<TOperation>(left.Values<long>(), right.Values<long>(), result);
        var validity = call.CombinedValidity();
        if (overflow < 0) validity = MarkOverflow<TOperation>(call, validity);
        return new FixedColumn<long>(call.Type, buffer, call.Length, validity);
    }

    /// <summary>A side of length 1 (when the other is not) is a constant. Returns a negative number when any row overflowed, null rows included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long Loop<TOperation>(ReadOnlySpan<long> left, ReadOnlySpan<long> right, Span<long> result) where TOperation : struct, ICheckedOperation
    {
        var at = 0;
        var any = 0L;
        var (stepLeft, stepRight) = (left.Length == result.Length ? 1 : 0, right.Length == result.Length ? 1 : 0);
        ref var a = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(left);
        ref var b = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(right);
        if (TOperation.HasVector && Vector512.IsHardwareAccelerated && result.Length >= 8)
            any = VectorLoop<TOperation>(ref a, stepLeft, ref b, stepRight, result, ref at);
        for (; at < result.Length; at++)
        {
            result[at] = TOperation.Apply(Unsafe.Add(ref a, at * stepLeft), Unsafe.Add(ref b, at * stepRight), out var overflow);
            any |= overflow;
        }

        return any;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long VectorLoop<TOperation>(ref long a, int stepLeft, ref long b, int stepRight, Span<long> result, ref int at) where TOperation : struct, ICheckedOperation
    {
        var overflows = Vector512<long>.Zero;
        var (constantLeft, constantRight) = (Vector512.Create(a), Vector512.Create(b));
        for (; at + 8 <= result.Length; at += 8)
        {
            var left = stepLeft == 0 ? constantLeft : Vector512.LoadUnsafe(ref a, (nuint)at);
            var right = stepRight == 0 ? constantRight : Vector512.LoadUnsafe(ref b, (nuint)at);
            TOperation.Apply(left, right, out var overflow).StoreUnsafe(ref result[at]);
            overflows |= overflow;
        }

        return overflows.ExtractMostSignificantBits() != 0 ? -1 : 0;
    }

    /// <summary>The slow path: finds the rows that overflowed and are not null.</summary>
    private static Bitmap? MarkOverflow<TOperation>(in KernelCall call, Bitmap? validity) where TOperation : struct, ICheckedOperation
    {
        Bitmap? failed = null;
        var (left, right) = (call[0], call[1]);
        for (var row = 0; row < call.Length; row++)
        {
            if (validity is not null && !validity[row]) continue;
            TOperation.Apply(left.IsConstant ? left.Value<long>() : left.Values<long>()[row], right.IsConstant ? right.Value<long>() : right.Values<long>()[row], out var overflow);
            if (overflow < 0) (failed ??= Bitmap.Zeros(call.Length))[row] = true;
        }

        validity = Bits.Without(validity, failed, call.Length);
        call.Frame.Fail(failed);
        return validity;
    }
}
