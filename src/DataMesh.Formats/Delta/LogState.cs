using System.Text.Json.Nodes;

namespace DataMesh.Formats.Delta;

/// <summary>The state that replaying actions leads to: of every logical file, application and domain the newest action counts.</summary>
internal sealed class LogState
{
    public TableProtocol? Protocol { get; private set; }
    public TableMetadata? Metadata { get; private set; }
    public Dictionary<FileKey, AddFile> Live { get; } = [];
    public Dictionary<FileKey, RemoveFile> Tombstones { get; } = [];
    public Dictionary<string, TransactionMark> Transactions { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, DomainMetadata> Domains { get; } = new(StringComparer.Ordinal);

    public LogState()
    {
    }

    /// <summary>A copy, to go on from while a snapshot keeps the old one.</summary>
    public LogState(LogState other)
    {
        (Protocol, Metadata) = (other.Protocol, other.Metadata);
        Live = new(other.Live);
        Tombstones = new(other.Tombstones);
        Transactions = new(other.Transactions, StringComparer.Ordinal);
        Domains = new(other.Domains, StringComparer.Ordinal);
    }

    /// <summary>Applies one action; unknown ones are ignored, as the protocol asks.</summary>
    public void Apply(JsonObject action)
    {
        foreach (var (name, body) in action)
        {
            if (body is not JsonObject json) continue;
            switch (name)
            {
                case "add": Apply(ActionJson.ReadAdd(json)); break;
                case "remove": Apply(ActionJson.ReadRemove(json)); break;
                case "metaData": Metadata = ActionJson.ReadMetadata(json); break;
                case "protocol": Protocol = ActionJson.ReadProtocol(json); break;
                case "txn": Apply(ActionJson.ReadTransaction(json)); break;
                case "domainMetadata": Apply(ActionJson.ReadDomain(json)); break;
            }
        }
    }

    private void Apply(AddFile file)
    {
        var key = file.Key;
        Tombstones.Remove(key);
        Live[key] = file;
    }

    private void Apply(RemoveFile file)
    {
        var key = file.Key;
        Live.Remove(key);
        Tombstones[key] = file;
    }

    private void Apply(TransactionMark mark) => Transactions[mark.AppId] = mark;

    private void Apply(DomainMetadata domain)
    {
        if (domain.Removed) Domains.Remove(domain.Domain);
        else Domains[domain.Domain] = domain;
    }
}
