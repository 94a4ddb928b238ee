using DataMesh.ControlPlane.Grains;

namespace DataMesh.ControlPlane.Datasets;

/// <summary>The only committer of its table: takes commits one at a time, in the order they were asked for.</summary>
public sealed class DatasetMachine : IGrainMachine<DatasetState>
{
    /// <summary>Commits that may wait; more are refused, to be asked again.</summary>
    public const int WaitingMax = 100;

    /// <inheritdoc/>
    public DatasetState Initial => new(-1, []);

    /// <inheritdoc/>
    public Step<DatasetState> On(GrainId self, DatasetState state, GrainEvent happened) => happened switch
    {
        CommitTarget commit => Enqueue(self, state, commit),
        CommitDone done when state.Waiting.Count > 0 => Answer(
            self, state with { Version = done.Version }, new TargetCommitted(self.Key, state.Waiting[0].PreparedId, done.Version)),
        WorkFailed failed when state.Waiting.Count > 0 => Answer(self, state, new TargetRefused(self.Key, state.Waiting[0].PreparedId, failed)),
        _ => new(state),
    };

    /// <inheritdoc/>
    public bool KeepsRunning(DatasetState state) => state.Waiting.Count > 0;

    /// <inheritdoc/>
    public Step<DatasetState> Resume(GrainId self, DatasetState state, long fence) => new(state, new CancelWork(), CommitFirst(self, state.Waiting));

    private static Commit CommitFirst(GrainId self, IReadOnlyList<CommitTarget> waiting) => new(waiting[0].RunId, self.Key, waiting[0].PreparedPath);

    private static Step<DatasetState> Enqueue(GrainId self, DatasetState state, CommitTarget commit)
    {
        if (state.Waiting.Any(waiting => (waiting.PreparedId, waiting.RunId, waiting.From) == (commit.PreparedId, commit.RunId, commit.From))) return new(state);

        // A commit that waits already was asked for by a run that is gone: the newer one takes its place, and the commit itself is idempotent.
        if (state.Waiting.Count > 0 && state.Waiting.All(waiting => waiting.RunId != commit.RunId))
            return new(state with { Waiting = [commit] }, new CancelWork(), new Commit(commit.RunId, self.Key, commit.PreparedPath));
        if (state.Waiting.Count >= WaitingMax)
            return new(state, new Send(commit.From, new TargetRefused(self.Key, commit.PreparedId, new WorkFailed("commit", $"{WaitingMax} commits are waiting.", MayPass: true))));
        var waiting = state with { Waiting = [.. state.Waiting, commit] };
        return state.Waiting.Count == 0 ? new(waiting, new Commit(commit.RunId, self.Key, commit.PreparedPath)) : new(waiting);
    }

    private static Step<DatasetState> Answer(GrainId self, DatasetState state, GrainEvent answer)
    {
        var rest = state.Waiting.Skip(1).ToList();
        var reply = new Send(state.Waiting[0].From, answer);
        return rest.Count == 0
            ? new(state with { Waiting = rest }, reply)
            : new(state with { Waiting = rest }, reply, new Commit(rest[0].RunId, self.Key, rest[0].PreparedPath));
    }
}

/// <summary>The state of a dataset grain.</summary>
/// <param name="Version">The table's version after its last commit, -1 when unknown: the table itself outranks it.</param>
/// <param name="Waiting">Commits asked for; the first is being carried out.</param>
public sealed record DatasetState(long Version, IReadOnlyList<CommitTarget> Waiting);

/// <summary>Asks for a prepared record's part to be committed to this table.</summary>
public sealed record CommitTarget(GrainId From, string RunId, string PreparedId, string PreparedPath, long Epoch) : GrainEvent;

/// <summary>The table has the commit.</summary>
public sealed record TargetCommitted(string Target, string PreparedId, long Version) : GrainEvent;

/// <summary>The table could not take the commit.</summary>
public sealed record TargetRefused(string Target, string PreparedId, WorkFailed Failure) : GrainEvent;

/// <summary>Commits to the table; ends in <see cref="CommitDone"/>.</summary>
public sealed record Commit(string RunId, string Target, string PreparedPath) : Work, IRunWork;

/// <summary>The commit stands, made now or found made.</summary>
public sealed record CommitDone(long Version) : GrainEvent;
