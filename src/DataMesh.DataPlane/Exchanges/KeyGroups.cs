using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Keys;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Exchanges;

/// <summary>Gives rows the groups of their keys by the values of key columns.</summary>
internal static class KeyGroups
{
    /// <summary>The group of each row. Equal keys are in one group: 0.0 and -0.0, and all that are not a number, are equal.</summary>
    public static byte[] Of(ReadOnlySpan<Column> keys, int length)
    {
        var hashes = new ulong[length];
        foreach (var key in keys)
        {
            if (key is FixedColumn<double> numbers) Combine(numbers, hashes);
            else RowHash.Combine(key, hashes);
        }

        return Array.ConvertAll(hashes, hash => (byte)KeyShare.GroupOf(RowHash.Mix(hash)));
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

/// <summary>Divides rows by key columns.</summary>
internal sealed class ColumnDivider(int[] keys) : RowDivider
{
    public override byte[] GroupsOf(RecordBatch batch) => KeyGroups.Of(Array.ConvertAll(keys, key => batch[key]), batch.Length);
}
