using DataMesh.Formats.Text;

namespace DataMesh.Formats.Parquet.Splits;

/// <summary>An open file with counted owners: the reader of a split and the blocks whose rows may still go to quarantine.</summary>
internal sealed class SharedFile : IDisposable
{
    private int _owners = 1;

    private SharedFile(ParquetFile file) => File = file;

    public ParquetFile File { get; }

    public static SharedFile Open(string path)
    {
        try
        {
            return new SharedFile(ParquetFile.Open(path));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.CanNotRead(path, cause);
        }
    }

    public SharedFile Share()
    {
        Interlocked.Increment(ref _owners);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _owners) == 0) File.Dispose();
    }
}
