using System.Text.Json.Serialization;

namespace DataMesh.Runtime.Commit;

/// <summary>What a commit writes into the table's domain metadata: enough to go on from the table alone.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="PreparedId">Identity of its prepared record.</param>
/// <param name="Manifest">File name of its manifest in <c>_datamesh/manifests</c> of the first target.</param>
/// <param name="Open">Splits read half.</param>
public sealed record CommittedPosition(long Epoch, string PreparedId, string Manifest, IReadOnlyList<SplitPosition> Open);

/// <summary>How far a split has been read.</summary>
/// <param name="Source">The source's id.</param>
/// <param name="Split">The split's id.</param>
/// <param name="Identity">Identity of its content.</param>
/// <param name="From">Where this epoch began to read it.</param>
/// <param name="To">Where the next epoch goes on, or where it ended.</param>
public sealed record SplitPosition(string Source, string Split, string Identity, long From, long To)
{
    /// <summary>Whether the split was taken to be written to its end, so that nothing was left behind the position as long as it stays the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsWhole { get; init; }

    /// <summary>
    /// Where the range before ended, where this one begins elsewhere because its last record had no line end then: behind the line end that has come since,
    /// or at the beginning of that record, which goes on now. 0 otherwise: a range that ends there holds no record.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Continues { get; init; }
}
