namespace DataMesh.DataPlane.Quarantine;

/// <summary>A record set aside, with everything needed to understand it and to bring it back.</summary>
/// <param name="Bytes">Original bytes of the record; where the row no longer means one source record, its values as JSON.</param>
/// <param name="IsWhole">False when the record was too long to be kept whole.</param>
/// <param name="Reason">One of <see cref="Core.Components.QuarantineReasons"/>.</param>
/// <param name="Rule">Rule, column or expression that failed.</param>
/// <param name="Detail">What was wrong.</param>
/// <param name="Node">Index of the source or stage in the graph.</param>
/// <param name="SourceName">The file it came from, when known.</param>
/// <param name="Position">Its position in the split, -1 when unknown.</param>
public sealed record BadRecord(byte[] Bytes, bool IsWhole, string Reason, string? Rule, string? Detail, int Node, string? SourceName, long Position);
