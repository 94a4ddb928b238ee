namespace DataMesh.DataPlane.Quarantine;

/// <summary>Where a data path puts the records it sets aside.</summary>
public interface IQuarantine
{
    /// <summary>Takes bad records in order.</summary>
    ValueTask AddAsync(IReadOnlyList<BadRecord> records, CancellationToken cancellation);
}
