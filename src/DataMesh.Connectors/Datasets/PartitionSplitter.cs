using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Connectors.Datasets;

/// <summary>Divides the rows of a batch by their partition values. One per core.</summary>
internal sealed class PartitionSplitter(DatasetPlan plan)
{
    private readonly PartitionCodes[] _columns = [.. plan.PartitionColumns.Select(_ => new PartitionCodes())];
    private readonly Dictionary<(int, int), int>[] _pairs = [.. plan.PartitionColumns.Select(_ => new Dictionary<(int, int), int>())];
    private readonly List<PartitionKey> _keys = [];
    private readonly Dictionary<int, int> _keyOf = [];

    /// <summary>The rows of each partition that occurs in the batch, in row order, with the file's columns only.</summary>
    public IEnumerable<(PartitionKey Key, RecordBatch Rows)> Split(RecordBatch batch)
    {
        var partitions = Partitions(batch);
        var counts = new int[_keys.Count + 1];
        foreach (var partition in partitions) counts[partition + 1]++;
        for (var i = 1; i < counts.Length; i++) counts[i] += counts[i - 1];
        var rows = new int[batch.Length];
        var next = counts.AsSpan(0, counts.Length - 1).ToArray();
        for (var row = 0; row < partitions.Length; row++) rows[next[partitions[row]]++] = row;

        using var projected = plan.Project(batch);
        for (var partition = 0; partition < counts.Length - 1; partition++)
        {
            var (start, end) = (counts[partition], counts[partition + 1]);
            if (end == start) continue;
            yield return (_keys[partition], end - start == batch.Length ? projected.Share() : projected.Take(rows.AsSpan(start, end - start)));
        }
    }

    /// <summary>The partition number of each row.</summary>
    private int[] Partitions(RecordBatch batch)
    {
        var combined = new int[batch.Length];
        var codes = new int[batch.Length];
        var parents = new List<int[]>();
        for (var i = 0; i < _columns.Length; i++)
        {
            if (plan.PartitionIndices[i] < 0) Array.Clear(codes);
            else _columns[i].Encode(batch[plan.PartitionIndices[i]], codes);
            parents.Add([.. codes]);
            Combine(_pairs[i], combined, codes);
        }

        for (var row = 0; row < combined.Length; row++)
        {
            ref var key = ref CollectionsMarshal.GetValueRefOrAddDefault(_keyOf, combined[row], out var exists);
            if (!exists)
            {
                key = _keys.Count;
                var at = row;
                _keys.Add(new PartitionKey([.. parents.Select((column, i) => _columns[i].Text(column[at]))]));
            }

            combined[row] = key;
        }

        return combined;
    }

    /// <summary>Numbers the pairs (what the columns before make, this column's code).</summary>
    private static void Combine(Dictionary<(int, int), int> pairs, int[] combined, int[] codes)
    {
        var last = (-1, -1);
        var lastNumber = 0;
        for (var row = 0; row < combined.Length; row++)
        {
            var pair = (combined[row], codes[row]);
            if (pair != last)
            {
                ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, pair, out var exists);
                if (!exists) number = pairs.Count - 1;
                (last, lastNumber) = (pair, number);
            }

            combined[row] = lastNumber;
        }
    }
}
