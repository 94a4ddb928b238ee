using DataMesh.Core.Components;
using DataMesh.Formats.Delta;
using DataMesh.Formats.Parquet;

namespace DataMesh.Connectors.Datasets;

/// <summary>A data file while it is written.</summary>
internal sealed class DataFile : IDisposable
{
    private readonly DatasetPlan _plan;
    private readonly PartitionKey _key;
    private readonly string _relative;
    private readonly FileStream _stream;
    private readonly ParquetFileWriter _writer;

    public DataFile(DatasetPlan plan, PartitionKey key)
    {
        (_plan, _key) = (plan, key);
        var folder = DeltaPath.PartitionFolder(plan.PartitionFolderNames.Zip(key.Values, KeyValuePair.Create));
        if (key.IsDeletions) folder = DeletionFiles.Folder;
        _relative = $"{folder}part-{Guid.NewGuid()}.snappy.parquet";
        FullPath = Path.Combine(plan.Path, _relative);
        if (folder.Length > 0) Directory.CreateDirectory(Path.GetDirectoryName(FullPath)!);
        _stream = new FileStream(FullPath, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            _writer = new ParquetFileWriter(_stream, plan.FileSchema);
        }
        catch
        {
            // On a full disk the first bytes fail already, and nobody else knows of the file yet.
            _stream.Dispose();
            File.Delete(FullPath);
            throw;
        }
    }

    public string FullPath { get; }

    /// <summary>Bytes so far.</summary>
    public long Bytes => _writer.BytesWritten;

    /// <summary>Appends a row group and disposes it.</summary>
    public void Append(EncodedRowGroup rowGroup)
    {
        using (rowGroup) _writer.Append(rowGroup);
    }

    /// <summary>Writes the footer, makes the bytes durable and says what the file is.</summary>
    public StagedFile Finish()
    {
        var facts = _writer.Finish();
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        var partition = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < _key.Values.Count; i++) partition[_plan.PartitionColumns[i]] = _key.Values[i];
        return new StagedFile(_relative, facts.Bytes, facts.Rows, partition, FileStatistics.Write(facts, _plan.PhysicalName, _plan.IndexedColumns), _plan.Clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    public void Dispose() => _stream.Dispose();
}
