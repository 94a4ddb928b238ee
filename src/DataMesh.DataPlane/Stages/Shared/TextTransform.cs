namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Turns one text into another. One instance per worker: it may keep scratch memory.</summary>
internal abstract class TextTransform
{
    /// <summary>Appends the new text for a value that is not null; false makes it null (what was appended is forgotten).</summary>
    public abstract bool Apply(ReadOnlySpan<byte> value, TextBuffer target);
}
