using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>The tests that nulls take part in: <c>is null</c>, <c>is distinct from</c>, and <c>not</c>.</summary>
internal static class NullTests
{
    public static Operand IsNull(in KernelCall call) => new BoolColumn(Bits.NullRows(call[0], call.Length), null);

    public static Operand IsNotNull(in KernelCall call)
    {
        var rows = Bits.NullRows(call[0], call.Length);
        rows.Not();
        return new BoolColumn(rows, null);
    }

    public static Operand IsDistinct(in KernelCall call) => new BoolColumn(DistinctRows(call), null);

    public static Operand IsNotDistinct(in KernelCall call)
    {
        var rows = DistinctRows(call);
        rows.Not();
        return new BoolColumn(rows, null);
    }

    public static Operand Not(in KernelCall call)
    {
        var rows = Bits.TrueRows(call[0], call.Length);
        rows.Not();
        return Bits.ToColumn(rows, call[0].Validity?.Clone());
    }

    /// <summary>Both present and different, or exactly one null.</summary>
    private static Bitmap DistinctRows(in KernelCall call)
    {
        var nullLeft = Bits.NullRows(call[0], call.Length);
        using var nullRight = Bits.NullRows(call[1], call.Length);
        var different = call[0].IsNullConstant || call[1].IsNullConstant || call[0].Column is NullColumn || call[1].Column is NullColumn
            ? Bitmap.Zeros(call.Length)
            : Comparison.Compare<IsNotEqual>(call[0], call[1], call.Length);
        different.AndNot(nullLeft);
        different.AndNot(nullRight);
        var left = nullLeft.Words;
        var right = nullRight.Words;
        for (var i = 0; i < left.Length; i++) left[i] ^= right[i];
        different.Or(nullLeft);
        nullLeft.Dispose();
        return different;
    }
}
