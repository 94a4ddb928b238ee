using DataMesh.ControlPlane.Grains;

namespace DataMesh.ControlPlane.Pipelines;

/// <summary>
/// Finds the record that ends every process that reads it. When processes went away again and again while a pipeline read, and nothing was committed in
/// between, what is to be read is read piece by piece, for the sake of reading alone. Each piece stands in the state before it is read, so that whoever
/// takes the pipeline up knows which one ended the process, and divides it, down to a single record. That one is set aside from then on.
/// </summary>
internal static class PoisonHunt
{
    /// <summary>Most records that are set aside in this way while the pipeline file stays the same: beyond it, something else is wrong.</summary>
    public const int RecordsMax = 64;

    /// <summary>Hunts that find nothing before the pipeline gives up.</summary>
    public const int HuntsMax = 3;

    /// <summary>A piece that ended a process is divided into about so many.</summary>
    private const int Parts = 64;

    /// <summary>A single record is set aside when it has ended so many processes by itself: one may have ended for another reason.</summary>
    private const int DeathsOfRecord = 2;

    /// <summary>A process went away that was reading the pipeline's input, if it was: notes it.</summary>
    public static PipelineState AfterDeath(PipelineState state) => state switch
    {
        { PoisonedAfter: 0 } => state,
        { Phase: PipelinePhase.Running } => state with { Suspicion = (state.Suspicion ?? new Suspicion(0)) with { Deaths = (state.Suspicion?.Deaths ?? 0) + 1 } },
        { Phase: PipelinePhase.Probing, Suspicion: { Probe: { IsRead: false } probe } suspicion } => Narrow(state, suspicion with { Deaths = suspicion.Deaths + 1 }, probe),
        _ => state,
    };

    /// <summary>Whether what is to be read is read piece by piece first.</summary>
    public static bool IsDue(PipelineState state) =>
        state is { PoisonedAfter: > 0, Suspicion: { } suspicion } && (suspicion.Probe is not null || suspicion.Deaths >= state.PoisonedAfter);

    /// <summary>Begins, or goes on after another death.</summary>
    public static Step<PipelineState> Begin(PipelineState state)
    {
        var suspicion = state.Suspicion!;
        var log = suspicion.Probe is null
            ? [new Log(LogLevel.Warning, $"{suspicion.Deaths} processes ended while they read this pipeline's input, and nothing was committed in between: looking for the record that ends them")]
            : Array.Empty<Effect>();
        return new(state with { Phase = PipelinePhase.Probing }, [.. log, new ProbeInput(state.RunId, suspicion.Probe, Poisoned(state))]);
    }

    /// <summary>A piece was read, and the process still lives.</summary>
    public static Step<PipelineState> OnPassed(PipelineState state, ProbePassed passed) =>
        new(state with { Suspicion = state.Suspicion! with { Probe = passed.Next } }, new ProbeInput(state.RunId, passed.Next, Poisoned(state)));

    /// <summary>Everything that may have ended the processes was read: true when it makes sense to go on.</summary>
    public static bool TryEnd(ref PipelineState state)
    {
        var hunts = state.Suspicion!.HasFound ? 0 : state.Suspicion.HuntsInVain + 1;
        state = state with { Suspicion = hunts == 0 ? null : new Suspicion(0) { HuntsInVain = hunts } };
        return hunts < HuntsMax;
    }

    /// <summary>The records set aside.</summary>
    public static IReadOnlyList<PoisonedRecord> Poisoned(PipelineState state) => state.Poisoned ?? [];

    /// <summary>Why a pipeline is given up whose processes end for a reason that no single record has.</summary>
    public static string InVain { get; } =
        "Processes end again and again while they read this pipeline's input, and no single record makes them. It is not tried again by itself. (Is there enough memory? 'datamesh restart' tries again.)";

    private static PipelineState Narrow(PipelineState state, Suspicion suspicion, Probe probe)
    {
        if (!probe.IsRecord) return state with { Suspicion = suspicion with { Probe = Divide(probe) } };
        if (probe.Deaths + 1 < DeathsOfRecord) return state with { Suspicion = suspicion with { Probe = probe with { Deaths = probe.Deaths + 1 } } };
        var found = new PoisonedRecord(probe.Source, probe.Split, probe.Identity, probe.From, probe.To, suspicion.Deaths);
        return state with
        {
            Poisoned = [.. Poisoned(state), found],
            Suspicion = suspicion with { HasFound = true, Probe = probe with { IsRead = true, Deaths = 0, Limit = -1, Size = 0 } },
        };
    }

    /// <summary>
    /// The smaller pieces of one: smaller ones each time, also where a record alone is larger. What is small is read record by record, which takes less than another
    /// process that has to end.
    /// </summary>
    private static Probe Divide(Probe probe)
    {
        var size = probe.To - probe.From;
        if (probe.Size > 0) size = Math.Min(size, probe.Size);
        return probe with { IsRead = true, To = probe.From, Limit = probe.To, Size = size <= Parts * Parts ? 1 : size / Parts };
    }
}

/// <summary>What is held against a pipeline's input.</summary>
/// <param name="Deaths">Processes that ended while they read, since an epoch was last committed.</param>
public sealed record Suspicion(int Deaths)
{
    /// <summary>The piece of the input that is read to see whether it ends the process; null while nothing is.</summary>
    public Probe? Probe { get; init; }

    /// <summary>Whether a record was found.</summary>
    public bool HasFound { get; init; }

    /// <summary>Hunts before that found none.</summary>
    public int HuntsInVain { get; init; }
}

/// <summary>A piece of a split that is read by itself.</summary>
/// <param name="Source">Id of the source.</param>
/// <param name="Split">Id of the split.</param>
/// <param name="Identity">Identity of its content.</param>
/// <param name="From">Where the piece begins.</param>
/// <param name="To">Where it ends.</param>
public sealed record Probe(string Source, string Split, string Identity, long From, long To)
{
    /// <summary>About how much a piece is to hold, in positions; 0 for as much as where nothing is known yet.</summary>
    public long Size { get; init; }

    /// <summary>Where the larger piece ends that ended a process; -1 when there is none.</summary>
    public long Limit { get; init; } = -1;

    /// <summary>Whether it holds as little as can be read: one record.</summary>
    public bool IsRecord { get; init; }

    /// <summary>Whether it is done with: the next one follows.</summary>
    public bool IsRead { get; init; }

    /// <summary>Processes that ended while they read this very piece.</summary>
    public int Deaths { get; init; }

    /// <summary>What was read before it in this hunt, in positions.</summary>
    public long Before { get; init; }
}

/// <summary>A record that ends every process that reads it.</summary>
/// <param name="Source">Id of the source.</param>
/// <param name="Split">Id of the split.</param>
/// <param name="Identity">Identity of its content.</param>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Deaths">Processes that ended until it was found.</param>
public sealed record PoisonedRecord(string Source, string Split, string Identity, long From, long To, int Deaths);

/// <summary>
/// Reads a piece of the input and lets go of what comes of it, and says which one is next; ends in <see cref="ProbePassed"/>. Without a piece it only says which
/// one is first.
/// </summary>
public sealed record ProbeInput(string RunId, Probe? At, IReadOnlyList<PoisonedRecord> Poisoned) : Work, IRunWork;

/// <summary>The process that read a piece has not ended.</summary>
/// <param name="Next">The next piece; null when there is none that matters.</param>
public sealed record ProbePassed(Probe? Next) : GrainEvent;
