using System.Globalization;

namespace DataMesh.Formats.Delta;

/// <summary>
/// How many versions of a table are upkeep (compaction, retention) and bring no rows. A run that asks whether others have written rows to its table leaves
/// them out.
/// </summary>
public static class UpkeepCount
{
    private const string Domain = "datamesh.upkeep";

    /// <summary>The count.</summary>
    public static long Of(DeltaSnapshot? snapshot) =>
        snapshot is not null && snapshot.Domains.TryGetValue(Domain, out var domain) && long.TryParse(domain.Configuration, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    /// <summary>The count after one more; null in a table whose protocol knows no domains.</summary>
    public static DomainMetadata? Next(DeltaSnapshot snapshot) => snapshot.Protocol.WriterFeatures?.Contains("domainMetadata") == true
        ? new DomainMetadata(Domain, (Of(snapshot) + 1).ToString(CultureInfo.InvariantCulture), Removed: false)
        : null;
}
