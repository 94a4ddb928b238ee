namespace DataMesh.Formats.Text;

/// <summary>Every line end ends a record: NDJSON, log lines, CSV whose quoted fields hold no newlines.</summary>
public sealed class NewlineBoundaries(byte terminator = (byte)'\n') : RecordBoundaries
{
    /// <inheritdoc/>
    public override int Last(ReadOnlySpan<byte> text) => text.LastIndexOf(terminator) + 1;

    /// <inheritdoc/>
    public override RecordSkip Skip() => new LineSkip(terminator);

    private sealed class LineSkip(byte terminator) : RecordSkip
    {
        public override int Feed(ReadOnlySpan<byte> text)
        {
            var at = text.IndexOf(terminator);
            return at < 0 ? -1 : at + 1;
        }
    }
}
