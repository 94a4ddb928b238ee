using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Turns the canonical text of a column of any type into another text. No row fails.</summary>
internal sealed class TextChange(Func<TextTransform> transform) : ColumnChange(DataType.String)
{
    /// <inheritdoc/>
    public override ColumnChanger CreateChanger() => new Changer(new TextTransformer(transform()));

    private sealed class Changer(TextTransformer transformer) : ColumnChanger
    {
        public override Column Apply(Column column, out Bitmap? failed)
        {
            using var text = CanonicalText.Of(column);
            failed = null;
            return transformer.Apply(text);
        }
    }
}
