using DataMesh.Core;

namespace DataMesh.Runtime.Silos;

/// <summary>What one silo may use.</summary>
public sealed record SiloLimits
{
    /// <summary>Cores of every run to decode and encode on; 0 takes all.</summary>
    public int Cores { get; init; }

    /// <summary>Bytes that all runs together may have in flight before their readers wait.</summary>
    public long BytesInFlight { get; init; } = Limits.SiloBytesInFlightMax;

    /// <summary>Source bytes after which the epochs of all runs end; null leaves that to the pipelines.</summary>
    public long? EpochBytes { get; init; }

    /// <summary>Size of the blocks that text is read in.</summary>
    public int BlockBytes { get; init; } = Core.Limits.BlockBytes;

    /// <summary>Epochs that are read at once; others wait for their turn, so that memory does not grow with the number of pipelines.</summary>
    public int EpochsAtOnce { get; init; } = Math.Max(4, 2 * Environment.ProcessorCount);
}
