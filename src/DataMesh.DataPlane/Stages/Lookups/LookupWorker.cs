using System.Runtime.InteropServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Keys;

namespace DataMesh.DataPlane.Stages.Lookups;

/// <summary>Joins batches with the reference rows, on one core: hashes a column at a time, finds rows, takes columns.</summary>
internal sealed class LookupWorker(BoundLookup bound) : StageWorker
{
    private readonly RowHashes _hashes = new(bound.Keys.Length);

    public override void Process(RecordBatch batch, StageOutput output)
    {
        using (batch)
        {
            var (left, right, missing) = (new List<int>(batch.Length), new List<int>(batch.Length), new List<int>());
            Match(batch, left, right, missing);
            SetMissingAside(batch, missing, output);
            var matched = batch.Length - missing.Count;
            if (left.Count > matched) output.Count(LedgerTerm.Created, left.Count - matched);
            for (var from = 0; from < left.Count; from += Core.Limits.BatchRowsMax)
            {
                var count = Math.Min(Core.Limits.BatchRowsMax, left.Count - from);
                output.Emit(Join(batch, CollectionsMarshal.AsSpan(left).Slice(from, count), CollectionsMarshal.AsSpan(right).Slice(from, count)));
            }
        }
    }

    /// <summary>Pairs of rows to put out; missing rows that are kept are paired with -1.</summary>
    private void Match(RecordBatch batch, List<int> left, List<int> right, List<int> missing)
    {
        var keys = Array.ConvertAll(bound.Keys, key => batch[key]);
        var hashes = _hashes.Of(keys, batch.Length);
        var hasNulls = keys.Any(key => key.NullCount > 0);
        for (var row = 0; row < hashes.Length; row++)
        {
            var found = hasNulls && ReferenceTable.HasNull(keys, row) ? -1 : bound.Table.Find(hashes[row]);
            if (found < 0 && bound.Missing != MissingMatch.Keep)
            {
                missing.Add(row);
                continue;
            }

            do
            {
                left.Add(row);
                right.Add(found);
                found = found < 0 ? -1 : bound.Table.Next(found);
            }
            while (found >= 0);
        }
    }

    private void SetMissingAside(RecordBatch batch, List<int> missing, StageOutput output)
    {
        if (missing.Count == 0) return;
        if (bound.Missing == MissingMatch.Drop) output.Count(LedgerTerm.Filtered, missing.Count);
        else output.Quarantine(batch, CollectionsMarshal.AsSpan(missing), QuarantineReasons.RuleFailed, "lookup", row => $"no reference row for {KeyOf(batch, row)}");
    }

    private string KeyOf(RecordBatch batch, int row) =>
        string.Join(", ", bound.Keys.Select(key => $"{batch.Schema[key].Name} = {ValueText.Format(batch[key], row) ?? "null"}"));

    private RecordBatch Join(RecordBatch batch, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        var isWhole = IsIdentity(left, batch.Length);
        var columns = new Column[bound.Output.Count];
        for (var i = 0; i < batch.Columns.Count; i++) columns[i] = isWhole ? batch[i].Share() : batch[i].Take(left);
        for (var i = 0; i < bound.Taken.Count; i++) columns[batch.Columns.Count + i] = bound.Taken[i].Take(right);
        return new RecordBatch(bound.Output, columns, left.Length, isWhole ? batch.Origin?.Share() : batch.Origin?.Take(left));
    }

    private static bool IsIdentity(ReadOnlySpan<int> rows, int length)
    {
        if (rows.Length != length) return false;
        for (var i = 0; i < rows.Length; i++)
            if (rows[i] != i) return false;
        return true;
    }
}
