using DataMesh.DataPlane.Ledger;

namespace DataMesh.Runtime.Audit;

/// <summary>Something in an epoch's account that does not hold.</summary>
/// <param name="Check">Which check found it: <c>account</c>, <c>equation</c>, <c>flow</c>, <c>files</c>, <c>log</c>, <c>quarantine</c>, <c>settled</c>, <c>ranges</c> or <c>recount</c>.</param>
/// <param name="What">What is wrong, with the numbers on both sides.</param>
public sealed record Finding(string Check, string What);

/// <summary>One epoch after the audit.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="Manifest">File name of its account.</param>
/// <param name="Version">Hash of the pipeline file that made it.</param>
/// <param name="StagedAt">When it was staged; null when the account can not be read.</param>
/// <param name="Ledger">One line per node.</param>
public sealed record EpochAudit(long Epoch, string Manifest, string Version, DateTimeOffset? StagedAt, IReadOnlyList<StageCounts> Ledger)
{
    /// <summary>What does not hold; empty when the epoch closes.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>What could not be checked any more, or what was skipped, and why that is no mistake.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Records of quarantine that the epoch took up again, and those that it gave up.</summary>
    public (long Replayed, long Discarded) Settled { get; init; }

    /// <summary>Whether everything that could be checked holds.</summary>
    public bool Closes => Findings.Count == 0;

    /// <summary>Notes something that does not hold.</summary>
    public void Fail(string check, string what) => Findings.Add(new Finding(check, what));
}

/// <summary>The audit of a pipeline's account.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Epochs">Every epoch from the first (or the last replacement of all rows) to the last committed one.</param>
/// <param name="Quarantined">Records set aside.</param>
/// <param name="Replayed">Of these, taken up again.</param>
/// <param name="Discarded">Of these, given up.</param>
/// <param name="FilesChecked">Data files and quarantine parts whose footers were read.</param>
/// <param name="LogEntriesChecked">Log entries compared.</param>
/// <param name="SplitsChecked">Splits whose ranges were followed.</param>
/// <param name="SplitsRecounted">Splits that were read again.</param>
public sealed record LedgerReport(
    string Pipeline, IReadOnlyList<EpochAudit> Epochs, long Quarantined, long Replayed, long Discarded, int FilesChecked, int LogEntriesChecked,
    int SplitsChecked, int SplitsRecounted)
{
    /// <summary>Whether every epoch closes.</summary>
    public bool Closes => FirstOpen is null;

    /// <summary>The first epoch that does not close, or null.</summary>
    public EpochAudit? FirstOpen => Epochs.FirstOrDefault(epoch => !epoch.Closes);

    /// <summary>Records that wait in quarantine.</summary>
    public long Waiting => Quarantined - Replayed - Discarded;
}
