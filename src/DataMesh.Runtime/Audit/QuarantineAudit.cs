using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Audit;

/// <summary>
/// Checks the records that were set aside: parts against their footers and the stages' counts; and that no record is replayed or discarded twice.
/// </summary>
internal sealed class QuarantineAudit(PipelineRun run)
{
    private readonly string _folder = run.Definition.Sinks[0].Sink.SideFolder(run.Context, "_quarantine");
    private readonly Dictionary<string, (long Rows, RowSet Settled)> _parts = [];

    public long Quarantined { get; private set; }

    public long Replayed { get; private set; }

    public long Discarded { get; private set; }

    /// <summary>Footers read.</summary>
    public int PartsChecked { get; private set; }

    /// <summary>Records that an epoch replayed and discarded.</summary>
    public static (long Replayed, long Discarded) Count(Manifest manifest) =>
        (Rows(manifest, isReplayed: true), Rows(manifest, isReplayed: false));

    public void Check(Manifest manifest, EpochAudit epoch)
    {
        CheckParts(manifest, epoch);
        foreach (var settled in manifest.Settled ?? []) CheckSettled(settled, epoch);
        var (replayed, discarded) = Count(manifest);
        Replayed += replayed;
        Discarded += discarded;
    }

    private void CheckParts(Manifest manifest, EpochAudit epoch)
    {
        foreach (var part in manifest.Quarantine)
        {
            if (!_parts.TryAdd(part.File, (part.Rows, new RowSet()))) epoch.Fail("quarantine", $"the part '{part.File}' is named a second time");
            var path = Path.Combine(_folder, part.File);
            if (!File.Exists(path))
            {
                epoch.Fail("quarantine", $"the part '{part.File}' with {part.Rows} records is missing");
                continue;
            }

            PartsChecked++;
            var (rows, fault) = OutputFiles.Footer(path);
            if (fault is not null) epoch.Fail("quarantine", $"'{part.File}': {fault}");
            else if (rows != part.Rows) epoch.Fail("quarantine", $"the footer of '{part.File}' says {rows} records, the account {part.Rows}");
        }

        var inParts = manifest.Quarantine.Sum(part => part.Rows);
        var counted = manifest.Ledger.Sum(line => line.Quarantined);
        var byReason = manifest.Reasons.Values.Sum();
        Quarantined += inParts;
        if (inParts != counted) epoch.Fail("quarantine", $"the stages set {counted} records aside, the parts hold {inParts}");
        if (byReason != inParts) epoch.Fail("quarantine", $"the reasons add up to {byReason} records, the parts hold {inParts}");
    }

    private void CheckSettled(SettledRecords settled, EpochAudit epoch)
    {
        var what = settled.IsReplayed ? "replays" : "discards";
        if (!_parts.TryGetValue(settled.Part, out var part))
        {
            epoch.Fail("settled", $"the epoch {what} records of '{settled.Part}', which no earlier epoch made");
            return;
        }

        foreach (var range in settled.Rows)
        {
            if (range.From < 0 || range.Count <= 0 || range.From + range.Count > part.Rows)
                epoch.Fail("settled", $"the epoch {what} rows {range.From} to {range.From + range.Count - 1} of '{settled.Part}', which has {part.Rows}");
            else if (part.Settled.Add(range) is > 0 and var again)
                epoch.Fail("settled", $"the epoch {what} {again} records of '{settled.Part}' that were settled before");
        }
    }

    private static long Rows(Manifest manifest, bool isReplayed) =>
        (manifest.Settled ?? []).Where(settled => settled.IsReplayed == isReplayed).Sum(settled => settled.Rows.Sum(range => range.Count));
}
