using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary><c>greatest</c> and <c>least</c>: nulls are skipped; null only where all are.</summary>
internal static class Extreme
{
    /// <summary>Takes the next argument wherever <typeparamref name="TWorse"/>(best so far, next) holds.</summary>
    public static Operand Run<TWorse>(in KernelCall call) where TWorse : struct, IComparison
    {
        var length = call.Length;
        Operand best = call[0].ToColumn(length).Share();
        for (var i = 1; i < call.Count; i++)
        {
            if (call[i].IsNullConstant) continue;
            var next = call[i];
            var rows = best.Column is NullColumn ? Bitmap.Zeros(length) : Comparison.Compare<TWorse>(best, next, length);
            using var missing = Bits.NullRows(best, length);
            rows.Or(missing);
            using var absent = Bits.NullRows(next, length);
            rows.AndNot(absent);
            var keep = rows.Clone();
            keep.Not();
            var merged = Choice.Merge(call.Frame, call.Type, [(best, keep), (next, rows)], -1);
            best.Dispose();
            rows.Dispose();
            keep.Dispose();
            best = merged;
        }

        return best;
    }
}
