using DataMesh.Core.Columns;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Converts a column to another type, after its text was brought into order where a transform is given.</summary>
internal sealed class CastChange(DataType type, OnError onError, CastFormat format, Func<TextTransform>? transform = null) : ColumnChange(type, onError)
{
    /// <inheritdoc/>
    public override ColumnChanger CreateChanger() => new Changer(Type, format, transform is null ? null : new TextTransformer(transform()));

    private sealed class Changer(DataType type, CastFormat format, TextTransformer? transformer) : ColumnChanger
    {
        public override Column Apply(Column column, out Bitmap? failed)
        {
            if (transformer is null || column is NullColumn) return Casts.Cast(column, type, format, out failed);
            using var text = transformer.Apply((VarColumn)column);
            return Casts.Cast(text, type, format, out failed);
        }
    }
}
