using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Reads one column of ours from a row group, some rows at a time.</summary>
internal abstract class ColumnReader : IDisposable
{
    /// <summary>The next <paramref name="rows"/> rows.</summary>
    public abstract Column Read(int rows);

    /// <summary>Steps over rows.</summary>
    public abstract void Skip(long rows);

    public abstract void Dispose();
}
