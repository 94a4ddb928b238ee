using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Runtime.Runs;

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>Everything that was there was read and committed.</summary>
    Completed,
    /// <summary>There was nothing new to read.</summary>
    NothingNew,
    /// <summary>Stopped at a barrier on request; what was read is committed.</summary>
    Stopped,
    /// <summary>Gave up; what was committed before stays.</summary>
    Failed,
    /// <summary>A dry run: everything was read, nothing committed.</summary>
    DryRun,
}

/// <summary>The account of a run.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Epochs">Epochs committed by this run.</param>
/// <param name="Elapsed">Time it took.</param>
/// <param name="BytesRead">Source bytes read.</param>
/// <param name="Stages">The ledger, one line a node.</param>
/// <param name="Targets">What was written where.</param>
/// <param name="Quarantine">Records set aside by reason.</param>
/// <param name="StoppedAt">Where a stopped run stopped: split and position, for people.</param>
/// <param name="Messages">What happened on the way: widenings, recovered epochs.</param>
/// <param name="Error">Why it failed.</param>
public sealed record RunResult(
    RunOutcome Outcome, string Pipeline, int Epochs, TimeSpan Elapsed, long BytesRead, IReadOnlyList<StageCounts> Stages,
    IReadOnlyList<TargetResult> Targets, IReadOnlyDictionary<string, long> Quarantine, string? StoppedAt,
    IReadOnlyList<string> Messages, Exception? Error)
{
    /// <summary>The pipeline file.</summary>
    public string File { get; init; } = "";

    /// <summary>Changes of structure that its epochs met.</summary>
    public int DriftEvents { get; init; }

    /// <summary>Whether it gave up because too many records would have been set aside.</summary>
    public bool SetTooManyAside { get; init; }

    /// <summary>What became of the records of quarantine that the run was to settle; null for other runs.</summary>
    public SettleResult? Settled { get; init; }
}

/// <summary>One target after a run.</summary>
/// <param name="Name">The dataset's or file's name.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Version">Table version after the run, -1 when nothing was committed.</param>
/// <param name="Rows">Rows this run wrote.</param>
/// <param name="Files">Files this run wrote.</param>
/// <param name="Bytes">Bytes in them.</param>
/// <param name="QuarantinePath">Folder with the records set aside, or null when there are none.</param>
public sealed record TargetResult(string Name, string Path, long Version, long Rows, int Files, long Bytes, string? QuarantinePath);
