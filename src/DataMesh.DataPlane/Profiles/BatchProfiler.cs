using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Profiles;

/// <summary>
/// Profiles every column of batches of one schema, on one core. Profilers of several cores are merged at the end; the result is the same whatever core took
/// which batch.
/// </summary>
public sealed class BatchProfiler
{
    private readonly Schema _schema;
    private readonly ColumnProfiler[] _columns;

    /// <summary>Of nothing yet.</summary>
    public BatchProfiler(Schema schema)
    {
        _schema = schema;
        _columns = [.. schema.Select(field => ColumnProfiler.For(field.Type))];
    }

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Memory held, in bytes.</summary>
    public long ByteSize => _columns.Sum(column => column.ByteSize);

    /// <summary>Takes in a batch, which stays the caller's.</summary>
    public void Absorb(RecordBatch batch)
    {
        Rows += batch.Length;
        for (var i = 0; i < _columns.Length; i++) _columns[i].Absorb(batch[i]);
    }

    /// <summary>Takes in what another profiler has seen; that one must not be used afterwards.</summary>
    public void Merge(BatchProfiler other)
    {
        Rows += other.Rows;
        for (var i = 0; i < _columns.Length; i++) _columns[i].Merge(other._columns[i]);
    }

    /// <summary>The profiles in the schema's order.</summary>
    public IReadOnlyList<ColumnProfile> ToProfiles() => [.. _columns.Select((column, i) => column.ToProfile(_schema[i].Name))];
}
