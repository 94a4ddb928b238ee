using DataMesh.Core.Components;

namespace DataMesh.Runtime.Runs;

/// <summary>A split still to be read.</summary>
/// <param name="Source">Number of its source in the graph.</param>
/// <param name="Split">The split.</param>
/// <param name="From">Where to begin.</param>
public sealed record PendingSplit(int Source, Split Split, long From)
{
    /// <summary>Bytes still to be read, roughly: a position need not count bytes.</summary>
    public long BytesLeft => Math.Max(0, Split.Bytes - (From - Split.Start));

    /// <summary>How it goes on behind a last record that had no line end; null when it was read up to the end of a record, or not at all.</summary>
    public SplitResumption? Resumption { get; init; }

    /// <summary>What is left from a position on.</summary>
    public PendingSplit At(long position) => this with { From = position, Resumption = null };
}

/// <summary>How reading goes on where a file had ended without a line end.</summary>
/// <param name="After">Where the range before ended.</param>
/// <param name="SetAside">Position of the record to set aside, because its beginning was taken in as a record; null when there is none.</param>
public sealed record SplitResumption(long After, long? SetAside);
