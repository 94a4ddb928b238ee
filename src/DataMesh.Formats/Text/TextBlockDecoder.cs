using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Text;

/// <summary>A decoder of text blocks: sets faulty blocks aside and leaves the others to the format.</summary>
public abstract class TextBlockDecoder : BlockDecoder
{
    /// <inheritdoc/>
    public sealed override void Decode(SourceBlock block, DecodeOutput output)
    {
        var text = (TextBlock)block;
        if (text.Fault is { } fault)
            output.Bad(text.Text, text.Start, fault.Reason, fault.Detail);
        else if (text.Length > 0)
            DecodeText(text, output);
    }

    /// <summary>Decodes whole records.</summary>
    protected abstract void DecodeText(TextBlock block, DecodeOutput output);
}
