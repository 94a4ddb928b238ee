namespace DataMesh.Formats.Delta;

/// <summary>
/// Makes room for the rows of an epoch in the rows that a table holds. Called by the commit with the newest version, and again with a newer one
/// each time that another commit came first.
/// </summary>
public interface IRowMerge
{
    /// <summary>What must change in a version so that the staged rows can join it.</summary>
    /// <param name="snapshot">The version.</param>
    /// <param name="metadata">The table's metadata after the commit: the staged files are written for it.</param>
    /// <param name="staged">The staged data files.</param>
    /// <param name="cancellation">Ends the work.</param>
    MergedFiles Merge(DeltaSnapshot snapshot, TableMetadata metadata, IReadOnlyList<AddFile> staged, CancellationToken cancellation);
}

/// <summary>What a merge changed.</summary>
/// <param name="Removed">Live files that hold rows which are replaced or deleted.</param>
/// <param name="Rewritten">New files with the other rows of these.</param>
/// <param name="Metrics">What happened, in the words that Delta writers use in <c>operationMetrics</c>.</param>
public sealed record MergedFiles(IReadOnlyList<AddFile> Removed, IReadOnlyList<AddFile> Rewritten, IReadOnlyDictionary<string, long> Metrics);
