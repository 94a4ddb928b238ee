using DataMesh.Core.Components;

namespace DataMesh.Runtime.Runs;

/// <summary>A split still to be read.</summary>
/// <param name="Source">Number of its source in the graph.</param>
/// <param name="Split">The split.</param>
/// <param name="From">Where to begin.</param>
public sealed record PendingSplit(int Source, Split Split, long From);
