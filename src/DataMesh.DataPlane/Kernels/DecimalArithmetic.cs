using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Exact decimal arithmetic on unscaled <see cref="Int128"/>; a result of more digits than its type has fails.</summary>
internal sealed class DecimalArithmetic(string operation)
{
    public Operand Run(in KernelCall call)
    {
        var (left, right) = (call[0], call[1]);
        var product = operation == "*";
        var leftFactor = product ? Int128.One : DecimalMath.PowerOfTen(call.Type.Scale - left.Type.Scale);
        var rightFactor = product ? Int128.One : DecimalMath.PowerOfTen(call.Type.Scale - right.Type.Scale);
        var limit = DecimalMath.PowerOfTen(call.Type.Precision);
        var buffer = PooledBuffer.Rent<Int128>(call.Length);
        var result = buffer.As<Int128>();
        var validity = call.CombinedValidity();
        for (var row = 0; row < result.Length; row++)
        {
            var a = left.IsConstant ? left.Value<Int128>() : left.Values<Int128>()[row];
            var b = right.IsConstant ? right.Value<Int128>() : right.Values<Int128>()[row];
            var outcome = Apply(a, leftFactor, b, rightFactor, limit, out result[row]);
            if (outcome != Outcome.Value) validity = FixedKernels.Mark(call, validity, row, outcome);
        }

        return new FixedColumn<Int128>(call.Type, buffer, call.Length, validity);
    }

    private Outcome Apply(Int128 a, Int128 aFactor, Int128 b, Int128 bFactor, Int128 limit, out Int128 result)
    {
        result = 0;
        if (!DecimalMath.TryMultiply(a, aFactor, out a) || !DecimalMath.TryMultiply(b, bFactor, out b)) return Outcome.Fail;
        switch (operation)
        {
            case "+": result = a + b; break;
            case "-": result = a - b; break;
            case "%" when b == 0: return Outcome.Null;
            case "%": result = a % b; break;
            default:
                if (!DecimalMath.TryMultiply(a, b, out result)) return Outcome.Fail;
                break;
        }

        return result > -limit && result < limit ? Outcome.Value : Outcome.Fail;
    }
}
