using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Connectors.Files;

/// <summary>A file that holds nothing.</summary>
internal sealed class EmptySplitReader : SplitReader
{
    public override long BytesRead => 0;

    public override ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation) => new((SourceBlock?)null);

    public override BlockDecoder CreateDecoder() => new NoDecoder();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class NoDecoder : BlockDecoder
    {
        public override void Decode(SourceBlock block, DecodeOutput output)
        {
        }
    }
}
