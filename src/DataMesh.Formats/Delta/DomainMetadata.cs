namespace DataMesh.Formats.Delta;

/// <summary>The <c>domainMetadata</c> action: a named text that belongs to the table.</summary>
/// <param name="Domain">The name.</param>
/// <param name="Configuration">The text.</param>
/// <param name="Removed">True for a tombstone.</param>
public sealed record DomainMetadata(string Domain, string Configuration, bool Removed);
