using DataMesh.Core.Columns;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Columns of any type as text.</summary>
internal static class CanonicalText
{
    /// <summary>A string or json column as it is, a column of nulls as text. The result is a new owner.</summary>
    public static VarColumn Raw(Column column) =>
        column is VarColumn text ? (VarColumn)text.Share() : (VarColumn)Column.Nulls(DataType.String, column.Length);

    /// <summary>The canonical text of every value. The result is a new owner; string columns are shared.</summary>
    public static VarColumn Of(Column column)
    {
        if (column is VarColumn { Type.Kind: TypeKind.String }) return (VarColumn)column.Share();
        if (column is NullColumn) return (VarColumn)Column.Nulls(DataType.String, column.Length);
        var text = Casts.Cast(column, DataType.String, null, out var failed);
        failed?.Dispose();
        return (VarColumn)text;
    }
}
