using DataMesh.Core.Columns;

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
public sealed record BadRecord(byte[] Bytes, bool IsWhole, string Reason, string? Rule, string? Detail, int Node, string? SourceName, long Position)
{
    /// <summary>Where it comes from and how it is decoded alone; null where the row no longer means one source record.</summary>
    public RecordForm? Form { get; init; }

    /// <summary>
    /// Whether the record comes back as the row that came into the stage, not as a source record: something before the stage made several rows of one
    /// record, sent it several ways, or remembers it.
    /// </summary>
    public bool IsRow { get; init; }

    /// <summary>The row as JSON where it comes back as one and <see cref="Bytes"/> are the original's; null when these are it.</summary>
    public byte[]? Row { get; init; }

    /// <summary>Its number among the records of its block, -1 when unknown: where it stands in source order.</summary>
    public int Record { get; init; } = -1;
}
