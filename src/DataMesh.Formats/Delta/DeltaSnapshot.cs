using DataMesh.Core.Columns;

namespace DataMesh.Formats.Delta;

/// <summary>A table at one version.</summary>
public sealed class DeltaSnapshot
{
    private readonly LogState _state;

    internal DeltaSnapshot(string path, long version, LogState state)
    {
        Path = path;
        Version = version;
        _state = state;
        Protocol = state.Protocol!;
        Metadata = state.Metadata!;
    }

    /// <summary>Absolute folder of the table.</summary>
    public string Path { get; }

    /// <summary>The version.</summary>
    public long Version { get; }

    /// <summary>What a client must know.</summary>
    public TableProtocol Protocol { get; }

    /// <summary>Name, columns, partition columns and properties.</summary>
    public TableMetadata Metadata { get; }

    /// <summary>The columns as this program reads them.</summary>
    public Schema Schema => field ??= Metadata.Schema.ToSchema();

    /// <summary>The live files.</summary>
    public IReadOnlyCollection<AddFile> Files => _state.Live.Values;

    /// <summary>Files that are no longer part of the table and may still lie on disk.</summary>
    public IReadOnlyCollection<RemoveFile> Tombstones => _state.Tombstones.Values;

    /// <summary>How far each application has come, by app id.</summary>
    public IReadOnlyDictionary<string, TransactionMark> Transactions => _state.Transactions;

    /// <summary>The metadata domains by name.</summary>
    public IReadOnlyDictionary<string, DomainMetadata> Domains => _state.Domains;

    /// <summary>Rows in all live files, or null when a file has no statistics.</summary>
    public long? Rows
    {
        get
        {
            var rows = 0L;
            foreach (var file in Files)
            {
                if (file.Rows is not { } more) return null;
                rows += more;
            }

            return rows;
        }
    }

    /// <summary>Bytes in all live files.</summary>
    public long Bytes => Files.Sum(file => file.Size);

    /// <summary>Whether a logical file is live.</summary>
    public bool IsLive(FileKey key) => _state.Live.ContainsKey(key);

    internal LogState State => _state;
}
