using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Bitmap arithmetic that the kernels share. Everything works on 64 rows at a time.</summary>
internal static class Bits
{
    /// <summary>The rows where no operand is null, in new memory; null when that is all of them.</summary>
    public static Bitmap? CombineValidity(ReadOnlySpan<Operand> operands, int length)
    {
        Bitmap? all = null;
        foreach (var operand in operands)
        {
            if (operand.Column is NullColumn || operand.IsNullConstant)
            {
                all?.Dispose();
                return Bitmap.Zeros(length);
            }

            if (operand.Validity is not { } validity) continue;
            if (all is null) all = validity.Clone();
            else all.And(validity);
        }

        return all;
    }

    /// <summary>The rows where the operand is null, in new memory.</summary>
    public static Bitmap NullRows(in Operand operand, int length)
    {
        if (operand.Column is NullColumn || operand.IsNullConstant) return Bitmap.Ones(length);
        if (operand.Validity is not { } validity) return Bitmap.Zeros(length);
        var rows = validity.Clone();
        rows.Not();
        return rows;
    }

    /// <summary>The rows where a bool operand is true, in new memory.</summary>
    public static Bitmap TrueRows(in Operand operand, int length) => operand.Column switch
    {
        BoolColumn column => column.Values.Clone(),
        null when operand.Constant is { IsNull: false, Bool: true } => Bitmap.Ones(length),
        _ => Bitmap.Zeros(length),
    };

    /// <summary>The rows where a bool operand is false (not null), in new memory.</summary>
    public static Bitmap FalseRows(in Operand operand, int length)
    {
        var rows = NullRows(operand, length);
        using var trues = TrueRows(operand, length);
        rows.Or(trues);
        rows.Not();
        return rows;
    }

    /// <summary>A bool column; takes ownership of both and clears the value bits of nulls.</summary>
    public static BoolColumn ToColumn(Bitmap values, Bitmap? validity)
    {
        if (validity is not null) values.And(validity);
        return new BoolColumn(values, validity);
    }

    /// <summary>Whether no bit is one.</summary>
    public static bool IsEmpty(Bitmap bitmap) => !bitmap.Words.ContainsAnyExcept(0UL);

    /// <summary>Clears the validity of the failed rows; null stays null when nothing failed.</summary>
    public static Bitmap? Without(Bitmap? validity, Bitmap? failed, int length)
    {
        if (failed is null) return validity;
        validity ??= Bitmap.Ones(length);
        validity.AndNot(failed);
        return validity;
    }
}
