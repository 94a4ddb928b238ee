using DataMesh.Core.Columns;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Exchanges;

/// <summary>
/// Divides rows by their key into a fixed number of groups, and the groups among tasks: a key's group never changes, so that keyed state can be kept by group
/// and the number of tasks may change.
/// </summary>
public static class KeyGroups
{
    /// <summary>How many groups there are. Persisted with keyed state: never change it.</summary>
    public const int Count = 64;

    /// <summary>The task that a group belongs to: groups go to tasks in runs of nearly equal length.</summary>
    public static int TaskOf(int group, int tasks) => group * Math.Min(tasks, Count) / Count;

    /// <summary>The group of each row. Equal keys are in one group: 0.0 and -0.0, and all that are not a number, are equal.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="keys">Indices of the key columns; without any, all rows are in one group.</param>
    public static byte[] Of(RecordBatch batch, ReadOnlySpan<int> keys)
    {
        var hashes = new ulong[batch.Length];
        foreach (var key in keys)
        {
            if (batch[key] is FixedColumn<double> numbers) Combine(numbers, hashes);
            else RowHash.Combine(batch[key], hashes);
        }

        return Array.ConvertAll(hashes, hash => (byte)(RowHash.Mix(hash) % Count));
    }

    /// <summary>Divides a batch among tasks, in its order; a task without rows gets null. The batch stays the caller's.</summary>
    public static RecordBatch?[] Divide(RecordBatch batch, ReadOnlySpan<int> keys, int tasks)
    {
        var groups = Of(batch, keys);
        var rows = new List<int>?[tasks];
        for (var row = 0; row < groups.Length; row++) (rows[TaskOf(groups[row], tasks)] ??= []).Add(row);
        return [.. rows.Select(own => own is null ? null : own.Count == batch.Length ? batch.Share() : batch.Take([.. own]))];
    }

    private static void Combine(FixedColumn<double> column, Span<ulong> hashes)
    {
        for (var row = 0; row < hashes.Length; row++)
        {
            var value = column.IsNull(row) ? 0 : column[row];
            var bits = value == 0 ? 0 : double.IsNaN(value) ? 1 : BitConverter.DoubleToUInt64Bits(value);
            hashes[row] = RowHash.Mix(hashes[row] ^ (column.IsNull(row) ? 2 : RowHash.Mix(bits)));
        }
    }
}
