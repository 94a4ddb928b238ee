using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Keys;

namespace DataMesh.DataPlane.Stages.Deduplication;

/// <summary>
/// Passes the first row of every key. Keys are remembered as hashes in two generations: when the younger is full, either the run fails, or the older
/// generation is forgotten and the younger takes its place.
/// </summary>
internal sealed class KeepFirstWorker(int[] keys, long bytesMax, WhenFull whenFull) : StageWorker
{
    private readonly RowHashes _hashes = new(keys.Length);
    private HashTable128 _young = new();
    private HashTable128? _old;

    public override void Process(RecordBatch batch, StageOutput output)
    {
        var hashes = _hashes.Of(Array.ConvertAll(keys, key => batch[key]), batch.Length);
        var rows = new int[batch.Length];
        var kept = 0;
        for (var row = 0; row < hashes.Length; row++)
        {
            if (_young.Find(hashes[row]) >= 0 || _old?.Find(hashes[row]) >= 0) continue;
            Remember(hashes[row]);
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

    private void Remember(in Hash128 hash)
    {
        if (whenFull == WhenFull.Fail)
        {
            if (_young.ByteSizeAfterAdd > bytesMax) throw Full(_young.Count, bytesMax);
        }
        else if (_young.ByteSizeAfterAdd > bytesMax / 2)
        {
            (_old, _young) = (_young, new HashTable128());
        }

        _young.Add(hash);
    }

    /// <summary>The error of a full memory.</summary>
    public static DataMeshException Full(long keys, long bytesMax) => new(
        $"'deduplicate' has met {keys:N0} different keys, and more do not fit its memory of {bytesMax >> 10:N0} KiB.",
        hint: "raise memory:, or say on_full: forget_oldest when repeats stand close together");
}
