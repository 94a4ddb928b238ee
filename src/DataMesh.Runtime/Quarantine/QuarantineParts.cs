using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet;
using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime.Quarantine;

/// <summary>A part with the rows of it that no longer wait.</summary>
public sealed record PartState(QuarantinePart Part, long Epoch, RowSet Replayed, RowSet Discarded);

/// <summary>The quarantine of a pipeline as its committed epochs have it: the parts that they name, and what later ones replayed or discarded.</summary>
public sealed class QuarantineParts
{
    private readonly string _folder;

    /// <summary>Takes the accounts of the committed epochs, oldest first.</summary>
    public QuarantineParts(string folder, IEnumerable<Manifest> manifests)
    {
        _folder = folder;
        var parts = new Dictionary<string, PartState>();
        foreach (var manifest in manifests)
        {
            foreach (var part in manifest.Quarantine) parts[part.File] = new PartState(part, manifest.Epoch, new RowSet(), new RowSet());
            foreach (var settled in manifest.Settled ?? [])
            {
                if (!parts.TryGetValue(settled.Part, out var known)) continue;
                foreach (var range in settled.Rows) (settled.IsReplayed ? known.Replayed : known.Discarded).Add(range);
            }
        }

        All = [.. parts.Values.OrderBy(part => part.Epoch)];
    }

    /// <summary>The parts, oldest first.</summary>
    public IReadOnlyList<PartState> All { get; }

    /// <summary>The records that are meant, in the order in which they were set aside.</summary>
    public IEnumerable<QuarantinedRecord> Read(QuarantineFilter filter)
    {
        foreach (var part in All)
        {
            if (filter.State == RecordState.Waiting && part.Replayed.Count + part.Discarded.Count >= part.Part.Rows) continue;
            foreach (var record in Read(part))
                if (filter.Matches(record)) yield return record;
        }
    }

    /// <summary>All records of a part.</summary>
    public IEnumerable<QuarantinedRecord> Read(PartState part)
    {
        var path = Path.Combine(_folder, part.Part.File);
        if (!File.Exists(path)) throw new DataMeshException($"The quarantine part '{part.Part.File}' is missing.", new Location(path), hint: "restore it: 'datamesh ledger' says what else does not hold");
        using var file = ParquetFile.Open(path);
        var row = 0L;
        for (var group = 0; group < file.RowGroupRows.Count; group++)
        {
            foreach (var batch in file.Read(group))
            {
                using (batch)
                {
                    for (var i = 0; i < batch.Length; i++) yield return ToRecord(part, row++, batch, i);
                }
            }
        }
    }

    private static QuarantinedRecord ToRecord(PartState part, long number, RecordBatch batch, int row)
    {
        var state = part.Replayed.Contains(number) ? RecordState.Replayed : part.Discarded.Contains(number) ? RecordState.Discarded : RecordState.Waiting;
        return new QuarantinedRecord(
            part.Part.File, number, state, ((VarColumn)batch["record"])[row].ToArray(), ((BoolColumn)batch["is_whole"])[row], Text("reason")!, Text("rule"), Text("detail"),
            Text("stage")!, Text("source"), Number("position"), Number("line"), Text("pipeline_version")!, Number("epoch") ?? part.Epoch,
            DateTimeOffset.UnixEpoch.AddMicroseconds(Number("at") ?? 0))
        {
            Form = Text("form"),
            Values = Text("row"),
            Format = Text("format"),
            SourceId = Text("source_id"),
        };

        string? Text(string name) => batch.Schema.IndexOf(name) is >= 0 and var at && !batch[at].IsNull(row) ? Encoding.UTF8.GetString(((VarColumn)batch[at])[row]) : null;

        long? Number(string name) => batch.Schema.IndexOf(name) is >= 0 and var at && !batch[at].IsNull(row) ? ((FixedColumn<long>)batch[at])[row] : null;
    }
}
