using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Keys;

namespace DataMesh.DataPlane.Stages.Keys;

/// <summary>Divides rows by the 128-bit hashes that are kept of their keys, so that kept hashes can be divided, too.</summary>
internal sealed class HashDivider(int[] keys, RowHashes hashes) : RowDivider
{
    public override byte[] GroupsOf(RecordBatch batch)
    {
        var groups = new byte[batch.Length];
        var ofRows = hashes.Of(Array.ConvertAll(keys, key => batch[key]), batch.Length);
        for (var row = 0; row < groups.Length; row++) groups[row] = (byte)KeyShare.GroupOf(ofRows[row]);
        return groups;
    }
}
