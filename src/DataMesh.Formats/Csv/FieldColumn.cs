using DataMesh.Core.Columns;

namespace DataMesh.Formats.Csv;

/// <summary>Parses one field of every record into a column. One instance lives as long as its decoder and may keep what helps with later batches.</summary>
internal abstract class FieldColumn(DataType type)
{
    /// <summary>The type of the column made.</summary>
    public DataType Type { get; } = type;

    /// <summary>Parses a segment's records, whose first becomes row <paramref name="row"/> of the batch. Rows arrive without gaps.</summary>
    public abstract void Append(in CsvRecords records, int row, FieldErrors errors);

    /// <summary>The column of the first <paramref name="rows"/> rows, and a fresh start.</summary>
    public abstract Column Finish(int rows);

    /// <summary>A fresh start without a column.</summary>
    public abstract void Reset();
}
