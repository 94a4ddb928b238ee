using DataMesh.Core.Components;
using DataMesh.Runtime.Audit;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// Last records of files that ended without a line end, and have gone on since. Where such a record waits in quarantine, it is read again with the rest of
/// it, and what waits is settled by the epoch that reads it. Where its beginning went on as a record, nobody may take it back: the whole record is set aside.
/// </summary>
internal sealed class CutOffRecords(PipelineRun run)
{
    /// <summary>What may stand between two records: a line end, of which the reader keeps nothing.</summary>
    private const int LineEndBytesMax = 2;

    private readonly Dictionary<(string Source, string Split), IReadOnlyList<QuarantinedRecord>> _read = [];
    private QuarantineParts? _parts;

    /// <summary>Forgets what was found: the targets stand elsewhere by now.</summary>
    public void Clear()
    {
        _read.Clear();
        _parts = null;
    }

    /// <summary>How a split goes on behind <paramref name="end"/>, which was reached at <paramref name="to"/>.</summary>
    public async Task<PendingSplit> ResumeAsync(PendingSplit pending, OpenEnd end, long to, CancellationToken cancellation)
    {
        var source = run.Definition.Sources[pending.Source].Id;
        var found = await WaitingAsync(source, pending.Split, end.OpenRecord, to, cancellation);
        if (Covered(found, end.OpenRecord, to) is { } all) return Again(all, end.OpenRecord);
        if (Covered(found, end.LastRecord, to) is { } last) return Again(last, end.LastRecord);
        if (end.LineEndBytes > 0) return pending with { From = to + end.LineEndBytes, Resumption = new SplitResumption(to, null) };
        run.Outcome.Tell(
            $"'{pending.Split.Name}' ended inside its last record when it was read before, and what was there was taken in as a record. The whole record is set aside ({QuarantineReasons.CutOff}).");
        return pending with { From = end.LastRecord, Resumption = new SplitResumption(to, end.LastRecord) };

        PendingSplit Again(IReadOnlyList<QuarantinedRecord> records, long from)
        {
            _read[(source, pending.Split.Id)] = [.. records.Where(record => record.State == RecordState.Waiting)];
            return pending with { From = from, Resumption = new SplitResumption(to, null) };
        }
    }

    /// <summary>The records that an epoch settles by having read these ranges.</summary>
    public IReadOnlyList<SettledRecords> SettledBy(IEnumerable<SplitPosition> ranges)
    {
        if (_read.Count == 0) return [];
        var settled = new Dictionary<string, RowSet>();
        foreach (var range in ranges)
        {
            if (range.Continues == 0 || !_read.TryGetValue((range.Source, range.Split), out var records)) continue;
            foreach (var record in records)
            {
                if (!settled.TryGetValue(record.Part, out var rows)) settled.Add(record.Part, rows = new RowSet());
                rows.Add(new RowRange(record.Row, 1));
            }
        }

        return [.. settled.Select(part => new SettledRecords(part.Key, part.Value.Ranges, IsReplayed: true))];
    }

    /// <summary>Records of a range that went no further than into quarantine, in their order.</summary>
    private async Task<List<QuarantinedRecord>> WaitingAsync(string source, Split split, long from, long to, CancellationToken cancellation)
    {
        _parts ??= new QuarantineParts(QuarantineView.FolderOf(run), (await CommittedChain.ReadAsync(run, cancellation)).Manifests);
        return
        [
            .. _parts.Read(new QuarantineFilter { State = null })
                .Where(record => record.State != RecordState.Replayed && record.Form == DataPlane.Quarantine.QuarantineWriter.SourceForm && record.IsWhole
                    && record.SourceId == source && record.Source == split.Name && record.Position >= from && record.Position < to)
                .OrderBy(record => record.Position),
        ];
    }

    /// <summary>The records, when they are all that stands in a range; null otherwise.</summary>
    private static List<QuarantinedRecord>? Covered(List<QuarantinedRecord> records, long from, long to)
    {
        var inside = records.Where(record => record.Position >= from).ToList();
        foreach (var record in inside)
        {
            if (record.Position > from + LineEndBytesMax) return null;
            from = record.Position!.Value + record.Record.Length;
        }

        return inside.Count > 0 && from <= to && to - from <= LineEndBytesMax ? inside : null;
    }
}
