using System.Numerics.Tensors;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>float64 arithmetic, vectorised by TensorPrimitives. Division by zero gives null; overflow gives infinity as IEEE 754 says.</summary>
internal static class FloatArithmetic
{
    public static Operand Add(in KernelCall call)
    {
        var buffer = PooledBuffer.Rent<double>(call.Length);
        var result = buffer.As<double>();
        if (call[0].IsConstant) TensorPrimitives.Add(call[1].Values<double>(), call[0].Value<double>(), result);
        else if (call[1].IsConstant) TensorPrimitives.Add(call[0].Values<double>(), call[1].Value<double>(), result);
        else TensorPrimitives.Add(call[0].Values<double>(), call[1].Values<double>(), result);
        return Finish(call, buffer);
    }

    public static Operand Subtract(in KernelCall call)
    {
        var buffer = PooledBuffer.Rent<double>(call.Length);
        var result = buffer.As<double>();
        if (call[0].IsConstant) TensorPrimitives.Subtract(call[0].Value<double>(), call[1].Values<double>(), result);
        else if (call[1].IsConstant) TensorPrimitives.Subtract(call[0].Values<double>(), call[1].Value<double>(), result);
        else TensorPrimitives.Subtract(call[0].Values<double>(), call[1].Values<double>(), result);
        return Finish(call, buffer);
    }

    public static Operand Multiply(in KernelCall call)
    {
        var buffer = PooledBuffer.Rent<double>(call.Length);
        var result = buffer.As<double>();
        if (call[0].IsConstant) TensorPrimitives.Multiply(call[1].Values<double>(), call[0].Value<double>(), result);
        else if (call[1].IsConstant) TensorPrimitives.Multiply(call[0].Values<double>(), call[1].Value<double>(), result);
        else TensorPrimitives.Multiply(call[0].Values<double>(), call[1].Values<double>(), result);
        return Finish(call, buffer);
    }

    public static Operand Divide(in KernelCall call)
    {
        if (call[1] is { IsConstant: true } zero && zero.Value<double>() == 0) return Column.Nulls(call.Type, call.Length);
        var buffer = PooledBuffer.Rent<double>(call.Length);
        var result = buffer.As<double>();
        if (call[0].IsConstant) TensorPrimitives.Divide(call[0].Value<double>(), call[1].Values<double>(), result);
        else if (call[1].IsConstant) TensorPrimitives.Divide(call[0].Values<double>(), call[1].Value<double>(), result);
        else TensorPrimitives.Divide(call[0].Values<double>(), call[1].Values<double>(), result);
        return new FixedColumn<double>(call.Type, buffer, call.Length, WithoutZeroDivisors(call, call.CombinedValidity()));
    }

    public static Operand Negate(in KernelCall call)
    {
        var buffer = PooledBuffer.Rent<double>(call.Length);
        TensorPrimitives.Negate(call[0].Values<double>(), buffer.As<double>());
        return Finish(call, buffer);
    }

    /// <summary>Clears the validity where the divisor is zero.</summary>
    private static Bitmap? WithoutZeroDivisors(in KernelCall call, Bitmap? validity)
    {
        if (call[1].IsConstant || !call[1].Values<double>().Contains(0.0)) return validity;
        var zeros = Bitmap.Uninitialised(call.Length);
        Comparison.Loop<double, IsEqual>(call[1].Values<double>(), [0.0], zeros);
        validity ??= Bitmap.Ones(call.Length);
        validity.AndNot(zeros);
        zeros.Dispose();
        return validity;
    }

    private static FixedColumn<double> Finish(in KernelCall call, PooledBuffer buffer) => new(call.Type, buffer, call.Length, call.CombinedValidity());
}
