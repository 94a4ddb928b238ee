using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Keys;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Deduplication;

/// <summary>
/// Passes the first row of every key, and keeps the keys from epoch to epoch and from run to run. Where whole rows are the keys, columns may come and go
/// in between, but none may change its type: every state file names them.
/// </summary>
internal sealed class KeepFirstWorker(Schema schema, int[] keys, RowHashes hashes, KeyGenerations known) : StageWorker
{
    public override void Process(RecordBatch batch, StageOutput output)
    {
        var rowHashes = hashes.Of(Array.ConvertAll(keys, key => batch[key]), batch.Length);
        var rows = new int[batch.Length];
        var kept = 0;
        for (var row = 0; row < rowHashes.Length; row++)
        {
            if (known.Knows(rowHashes[row])) continue;
            known.Add(rowHashes[row]);
            rows[kept++] = row;
        }

        if (kept == batch.Length)
        {
            output.Emit(batch);
            return;
        }

        using (batch)
        {
            output.Count(LedgerTerm.Deduplicated, batch.Length - kept);
            output.Emit(batch.Take(rows.AsSpan(0, kept)));
        }
    }

    public override SavedState SaveState(StateWriter writer, bool whole)
    {
        writer.Int32(keys.Length);
        foreach (var key in keys)
        {
            writer.Text(schema[key].Name);
            writer.Text(schema[key].Type.ToString());
        }

        return known.Save(writer, whole);
    }

    public override void RestoreState(StateReader reader)
    {
        CheckTypes(reader);
        known.Restore(reader);
    }

    public override void RestoreState(StateReader reader, KeyShare share)
    {
        CheckTypes(reader);
        known.Restore(reader, share);
    }

    private void CheckTypes(StateReader reader)
    {
        for (var left = reader.Count(8); left > 0; left--) CheckType(reader.Text(), reader.Text());
    }

    private void CheckType(string name, string type)
    {
        if (!schema.TryGet(name, out var field) || field.Type.ToString() == type || field.Type.Kind == TypeKind.Null || type == DataType.Null.ToString()) return;
        throw new DataMeshException(
            $"'deduplicate' knows '{name}' as {type}, and now it is {field.Type}: rows met before could not be told from new ones.",
            hint: "cast it back, give the stage another id to begin with no keys, or run with --rebuild");
    }
}
