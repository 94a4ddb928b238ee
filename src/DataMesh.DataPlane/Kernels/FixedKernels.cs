using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>What a function gave for one row.</summary>
internal enum Outcome
{
    /// <summary>A value.</summary>
    Value,
    /// <summary>Null: there is no such value (a division by zero).</summary>
    Null,
    /// <summary>The row fails (an overflow).</summary>
    Fail,
}

/// <summary>A function of one fixed-width value.</summary>
internal interface IFunction<TIn, TOut>
{
    static abstract Outcome Apply(TIn value, out TOut result);
}

/// <summary>A function of two fixed-width values.</summary>
internal interface IFunction<TLeft, TRight, TOut>
{
    static abstract Outcome Apply(TLeft left, TRight right, out TOut result);
}

/// <summary>Loops over fixed-width columns, specialised by the JIT for each function.</summary>
internal static class FixedKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Operand Try<TIn, TOut, TFunction>(in KernelCall call) where TIn : unmanaged where TOut : unmanaged where TFunction : struct, IFunction<TIn, TOut>
    {
        var buffer = PooledBuffer.Rent<TOut>(call.Length);
        var result = buffer.As<TOut>();
        var values = call[0].Values<TIn>();
        var validity = call.CombinedValidity();
        for (var i = 0; i < result.Length; i++)
        {
            var outcome = TFunction.Apply(values[i], out result[i]);
            if (outcome != Outcome.Value) validity = Mark(call, validity, i, outcome);
        }

        return new FixedColumn<TOut>(call.Type, buffer, call.Length, validity);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Operand Try<TLeft, TRight, TOut, TFunction>(in KernelCall call)
        where TLeft : unmanaged where TRight : unmanaged where TOut : unmanaged where TFunction : struct, IFunction<TLeft, TRight, TOut>
    {
        var buffer = PooledBuffer.Rent<TOut>(call.Length);
        var result = buffer.As<TOut>();
        var validity = call.CombinedValidity();
        ReadOnlySpan<TLeft> left = call[0].IsConstant ? [call[0].Value<TLeft>()] : call[0].Values<TLeft>();
        ReadOnlySpan<TRight> right = call[1].IsConstant ? [call[1].Value<TRight>()] : call[1].Values<TRight>();
        var (stepLeft, stepRight) = (call[0].IsConstant ? 0 : 1, call[1].IsConstant ? 0 : 1);
        for (var i = 0; i < result.Length; i++)
        {
            var outcome = TFunction.Apply(left[i * stepLeft], right[i * stepRight], out result[i]);
            if (outcome != Outcome.Value) validity = Mark(call, validity, i, outcome);
        }

        return new FixedColumn<TOut>(call.Type, buffer, call.Length, validity);
    }

    /// <summary>Makes a row null, and failed when it was not null before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Bitmap Mark(in KernelCall call, Bitmap? validity, int row, Outcome outcome)
    {
        validity ??= Bitmap.Ones(call.Length);
        if (outcome == Outcome.Fail && validity[row]) call.Frame.Fail(row);
        validity[row] = false;
        return validity;
    }
}
