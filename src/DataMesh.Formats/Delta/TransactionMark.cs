namespace DataMesh.Formats.Delta;

/// <summary>The <c>txn</c> action: how far an application has come.</summary>
/// <param name="AppId">The application.</param>
/// <param name="Version">Its own count: for a pipeline, the epoch.</param>
/// <param name="LastUpdatedMs">Milliseconds since 1970, or null.</param>
public sealed record TransactionMark(string AppId, long Version, long? LastUpdatedMs);
