using DataMesh.ControlPlane.Grains;

namespace DataMesh.Runtime.Hosting;

/// <summary>
/// An ordered event stream per grain that can be read again from any place: log lines of a pipeline, drift, restarts. Bounded: the oldest entries
/// go when there are more than <see cref="Core.Limits.StreamEntriesMax"/>.
/// </summary>
public interface IGrainStreams
{
    /// <summary>Adds an entry and returns its sequence number.</summary>
    /// <exception cref="ArgumentException">The entry is larger than <see cref="Core.Limits.StreamEntryBytesMax"/>.</exception>
    ValueTask<long> AppendAsync(GrainId id, string kind, string json, CancellationToken cancellation);

    /// <summary>The first <paramref name="max"/> entries after a sequence number (0: from the oldest), in order.</summary>
    ValueTask<IReadOnlyList<StreamEntry>> ReadAsync(GrainId id, long after, int max, CancellationToken cancellation);
}

/// <summary>An entry of a grain's stream.</summary>
/// <param name="Sequence">Ascends within the stream, with gaps; never given twice, also when the store has lost its last entries.</param>
/// <param name="Time">When it was added.</param>
/// <param name="Kind">What it is: <c>log</c>, <c>drift</c>, <c>restart</c>.</param>
/// <param name="Json">The entry.</param>
public sealed record StreamEntry(long Sequence, DateTimeOffset Time, string Kind, string Json);
