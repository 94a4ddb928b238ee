using DataMesh.ControlPlane.Grains;

namespace DataMesh.ControlPlane.Sources;

/// <summary>Owns a source's enumerator: what there is to read, and how much of it is done.</summary>
public sealed class SourceMachine : IGrainMachine<SourceState>
{
    /// <inheritdoc/>
    public SourceState Initial => new("", null, 0, 0, 0);

    /// <inheritdoc/>
    public Step<SourceState> On(GrainId self, SourceState state, GrainEvent happened) => happened switch
    {
        ListSplits again when again.RunId == state.RunId && again.Attempt <= state.Attempt => new(state),
        ListSplits list => new(
            state with { RunId = list.RunId, Pipeline = list.Pipeline, Attempt = list.Attempt, IsListing = true }, new CancelWork(), new Enumerate(list.RunId)),
        SplitsFound found when state.Pipeline is { } pipeline => new(
            state with { Pending = found.Pending, PendingBytes = found.Bytes, IsListing = false },
            new Send(pipeline, new SplitsListed(self, found.Pending, found.Bytes, state.Attempt))),
        SplitsRead read when read.Epoch < 0 || read.Epoch > state.Epoch => new(
            state with { Pending = Math.Max(0, state.Pending - read.Count), Done = state.Done + read.Count, Epoch = Math.Max(state.Epoch, read.Epoch) }),
        WorkFailed failed when state.Pipeline is { } pipeline => new(state with { IsListing = false }, new Send(pipeline, failed)),
        _ => new(state),
    };

    /// <inheritdoc/>
    public bool KeepsRunning(SourceState state) => state.IsListing;

    /// <inheritdoc/>
    public Step<SourceState> Resume(GrainId self, SourceState state, long fence) => new(state, new CancelWork(), new Enumerate(state.RunId));
}

/// <summary>The state of a source grain: counts only. Which splits are done stands in the manifests beside the data.</summary>
/// <param name="RunId">The run that last asked.</param>
/// <param name="Pipeline">Who asked.</param>
/// <param name="Pending">Splits not yet committed.</param>
/// <param name="PendingBytes">Bytes in them when they were listed.</param>
/// <param name="Done">Splits committed since the grain exists.</param>
public sealed record SourceState(string RunId, GrainId? Pipeline, long Pending, long PendingBytes, long Done)
{
    /// <summary>Whether the pipeline waits for a listing.</summary>
    public bool IsListing { get; init; }

    /// <summary>The pipeline's attempt that last asked.</summary>
    public long Attempt { get; init; }

    /// <summary>The last epoch whose splits are counted as done.</summary>
    public long Epoch { get; init; } = -1;
}

/// <summary>Asks for the splits that exist now and are not committed.</summary>
public sealed record ListSplits(string RunId, GrainId Pipeline, long Attempt = 0) : GrainEvent;

/// <summary>Answers <see cref="ListSplits"/>.</summary>
public sealed record SplitsListed(GrainId Source, long Pending, long Bytes, long Attempt = 0) : GrainEvent;

/// <summary>Splits were read and committed in an epoch.</summary>
public sealed record SplitsRead(long Count, long Epoch = -1) : GrainEvent;

/// <summary>Looks at the source; ends in <see cref="SplitsFound"/>.</summary>
public sealed record Enumerate(string RunId) : Work, IRunWork;

/// <summary>What <see cref="Enumerate"/> found.</summary>
public sealed record SplitsFound(long Pending, long Bytes) : GrainEvent;
