namespace DataMesh.Formats.Delta;

/// <summary>The <c>protocol</c> action: what a client must know to read and to write the table.</summary>
/// <param name="MinReaderVersion">Reader version needed.</param>
/// <param name="MinWriterVersion">Writer version needed.</param>
/// <param name="ReaderFeatures">Reader features; only with reader version 3.</param>
/// <param name="WriterFeatures">Writer features; only with writer version 7.</param>
public sealed record TableProtocol(int MinReaderVersion, int MinWriterVersion, IReadOnlyList<string>? ReaderFeatures, IReadOnlyList<string>? WriterFeatures);
