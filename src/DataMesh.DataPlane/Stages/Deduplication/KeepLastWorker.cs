using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Keys;

namespace DataMesh.DataPlane.Stages.Deduplication;

/// <summary>
/// Holds batches back and passes the last row of every key at the end, in the order of those last rows. A batch of which nothing is left is let go at once.
/// </summary>
internal sealed class KeepLastWorker(int[] keys, long bytesMax, RowHashes? rowHashes = null) : StageWorker
{
    private readonly RowHashes _hashes = rowHashes ?? new RowHashes(keys.Length);
    private readonly HashTable128 _table = new();
    private readonly List<Held?> _batches = [];
    private long[] _places = new long[64];
    private long _bytes;

    /// <summary>Memory held, in bytes.</summary>
    public long Bytes => _bytes + _table.ByteSize + _places.Length * 8L;

    public override void Process(RecordBatch batch, StageOutput output)
    {
        if (batch.Length == 0)
        {
            batch.Dispose();
            return;
        }

        var hashes = _hashes.Of(Array.ConvertAll(keys, key => batch[key]), batch.Length);
        var number = _batches.Count;
        _batches.Add(new Held(batch));
        _bytes += _batches[number]!.Bytes;
        var repeats = 0;
        for (var row = 0; row < hashes.Length; row++)
        {
            var id = _table.Find(hashes[row]);
            if (id < 0) id = Add(hashes[row]);
            else
            {
                repeats++;
                LetGo((int)(_places[id] >> 32));
            }

            _places[id] = (long)number << 32 | (uint)row;
        }

        output.Count(LedgerTerm.Deduplicated, repeats);
        if (Bytes > bytesMax) throw KeyGenerations.Full(_table.Count, bytesMax);
    }

    public override void Finish(StageOutput output)
    {
        var places = _places.AsSpan(0, _table.Count);
        places.Sort();
        for (var from = 0; from < places.Length;)
        {
            var number = (int)(places[from] >> 32);
            var to = from;
            while (to < places.Length && (int)(places[to] >> 32) == number) to++;
            var rows = new int[to - from];
            for (var i = 0; i < rows.Length; i++) rows[i] = (int)places[from + i];
            using (var held = _batches[number]!.Batch) output.Emit(held.Take(rows));
            _batches[number] = null;
            from = to;
        }
    }

    private int Add(in Hash128 hash)
    {
        var id = _table.Add(hash);
        if (id == _places.Length) Array.Resize(ref _places, _places.Length * 2);
        return id;
    }

    /// <summary>One row less of a batch is wanted.</summary>
    private void LetGo(int number)
    {
        var held = _batches[number]!;
        if (--held.Left > 0) return;
        _bytes -= held.Bytes;
        held.Batch.Dispose();
        _batches[number] = null;
    }

    private sealed class Held(RecordBatch batch)
    {
        public readonly RecordBatch Batch = batch;
        public readonly long Bytes = batch.ByteSize + (batch.Origin?.Block.ByteSize ?? 0);
        public int Left = batch.Length;
    }
}
