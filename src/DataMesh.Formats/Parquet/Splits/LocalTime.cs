using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Parquet.Splits;

/// <summary>Timestamps on the clock of a zone.</summary>
internal static class LocalTime
{
    /// <summary>The same instants in UTC. Takes over the column.</summary>
    public static Column ToUtc(Column column, ZoneOffsets zone)
    {
        using var local = (FixedColumn<long>)column;
        var target = PooledBuffer.Rent<long>(local.Length);
        var values = target.As<long>();
        for (var row = 0; row < values.Length; row++) values[row] = local.IsNull(row) ? 0 : zone.ToUtc(local.Values[row]);
        return new FixedColumn<long>(local.Type, target, local.Length, local.Validity?.Clone());
    }
}
