using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Exchanges;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>Divides rows by computed keys. Rows whose keys can not be computed may go anywhere: they are set aside there.</summary>
internal sealed class OperandDivider(IReadOnlyList<Operand> keys) : RowDivider
{
    private readonly OperandReader[] _readers = [.. keys.Select(key => key.CreateReader())];

    public override byte[] GroupsOf(RecordBatch batch)
    {
        var columns = new Column[_readers.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = _readers[i].Read(batch, out var failures);
            failures?.Dispose();
        }

        var groups = KeyGroups.Of(columns, batch.Length);
        foreach (var column in columns) column.Dispose();
        return groups;
    }
}
