using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Flow;

/// <summary>The form of the records of a split that is read from its file.</summary>
internal sealed class SplitForm(string sourceId, SplitReader reader) : RecordForm(sourceId), IAsyncDisposable
{
    // Made while the reader is open; it opens the file by itself, because bad records are written when the reader may be closed.
    private readonly LineCounter? _lines = reader.CountLines();

    public override string? Format => field ??= reader.RecordFormat;

    public override async ValueTask<RecordPlace> PlaceOfAsync(string sourceName, long position, CancellationToken cancellation) =>
        new(sourceName, position, _lines is null ? null : await _lines.LineOfAsync(position, cancellation));

    public ValueTask DisposeAsync() => _lines?.DisposeAsync() ?? ValueTask.CompletedTask;
}
