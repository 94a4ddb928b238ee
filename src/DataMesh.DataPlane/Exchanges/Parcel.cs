using DataMesh.Core.Columns;
using DataMesh.DataPlane.Graph;

namespace DataMesh.DataPlane.Exchanges;

/// <summary>What is in a parcel. The numbers are sent: never change one.</summary>
public enum ParcelKind
{
    /// <summary>Rows for a stage or a sink.</summary>
    Rows,
    /// <summary>What a stage absorbed in another task.</summary>
    State,
    /// <summary>A split was read to its end, and all its rows were sent.</summary>
    SplitEnd,
    /// <summary>A task has sent everything of the epoch.</summary>
    End,
    /// <summary>No stage can use more of the input.</summary>
    Enough,
    /// <summary>Nothing of the attempt counts.</summary>
    GiveUp,
}

/// <summary>What one task sends another.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="From">Who sends it.</param>
public sealed record Parcel(ParcelKind Kind, int From) : IDisposable
{
    /// <summary>Where rows or a state go.</summary>
    public Edge To { get; init; }

    /// <summary>Rows, which the receiver owns.</summary>
    public RecordBatch? Batch { get; init; }

    /// <summary>A state.</summary>
    public byte[]? State { get; init; }

    /// <summary>The place of a split among the splits of the run: of the one that ended, or of the one that stays open at the end of an epoch; -1 for none.</summary>
    public int Split { get; init; } = -1;

    /// <summary>Whether there was no more input for the sender.</summary>
    public bool IsDrained { get; init; }

    /// <summary>Whether the sender ended although there is more input, because no stage can use it.</summary>
    public bool HasEnough => IsDrained && Split >= 0;

    /// <summary>Memory held, with that of the source records of rows.</summary>
    public long ByteSize => (Batch?.ByteSize ?? 0) + (Batch?.Origin?.Block.ByteSize ?? 0) + (State?.Length ?? 0);

    /// <inheritdoc/>
    public void Dispose() => Batch?.Dispose();
}
