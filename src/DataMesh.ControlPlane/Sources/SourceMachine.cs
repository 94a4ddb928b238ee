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
        ListSplits list => new(state with { RunId = list.RunId, Pipeline = list.Pipeline }, new Enumerate(list.RunId)),
        SplitsFound found when state.Pipeline is { } pipeline => new(
            state with { Pending = found.Pending, PendingBytes = found.Bytes },
            new Send(pipeline, new SplitsListed(self, found.Pending, found.Bytes))),
        SplitsRead read => new(state with { Pending = Math.Max(0, state.Pending - read.Count), Done = state.Done + read.Count }),
        WorkFailed failed when state.Pipeline is { } pipeline => new(state, new Send(pipeline, failed)),
        _ => new(state),
    };
}

/// <summary>The state of a source grain: counts only. Which splits are done stands in the manifests beside the data.</summary>
/// <param name="RunId">The run that last asked.</param>
/// <param name="Pipeline">Who asked.</param>
/// <param name="Pending">Splits not yet committed.</param>
/// <param name="PendingBytes">Bytes in them when they were listed.</param>
/// <param name="Done">Splits committed since the grain exists.</param>
public sealed record SourceState(string RunId, GrainId? Pipeline, long Pending, long PendingBytes, long Done);

/// <summary>Asks for the splits that exist now and are not committed.</summary>
public sealed record ListSplits(string RunId, GrainId Pipeline) : GrainEvent;

/// <summary>Answers <see cref="ListSplits"/>.</summary>
public sealed record SplitsListed(GrainId Source, long Pending, long Bytes) : GrainEvent;

/// <summary>Splits were read and committed.</summary>
public sealed record SplitsRead(long Count) : GrainEvent;

/// <summary>Looks at the source; ends in <see cref="SplitsFound"/>.</summary>
public sealed record Enumerate(string RunId) : Work;

/// <summary>What <see cref="Enumerate"/> found.</summary>
public sealed record SplitsFound(long Pending, long Bytes) : GrainEvent;
