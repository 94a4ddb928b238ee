using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;

namespace DataMesh.Connectors;

/// <summary>What a file's <c>commit.json</c> says: the last commit of each pipeline, and what is being added right now.</summary>
internal sealed record FileSinkState
{
    private static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Number of commits so far, less one.</summary>
    public long Version { get; init; } = -1;

    /// <summary>Bytes of the target that are committed.</summary>
    public long Length { get; init; }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Their types.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>The last commit of each app id.</summary>
    public IReadOnlyDictionary<string, Committed> Apps { get; init; } = new Dictionary<string, Committed>();

    /// <summary>The prepared id of the commit under way: written before the target is touched.</summary>
    public string? Pending { get; init; }

    /// <summary>Reads it; null when nothing was committed yet.</summary>
    public static FileSinkState? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<FileSinkState>(File.ReadAllBytes(path), Options) : null;
        }
        catch (JsonException cause)
        {
            throw new DataMeshException("The record of commits can not be read.", new Location(path), cause.Message, "delete it to begin anew: the file is then written from its start", cause);
        }
    }

    /// <summary>Replaces it in one step.</summary>
    public void Write(string path)
    {
        DurableFiles.CreateFolder(Path.GetDirectoryName(path)!);
        DurableFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(this, Options));
    }

    /// <summary>The columns.</summary>
    public Schema ToSchema() => new(Names.Zip(Types, (name, type) => new Field(name, DataType.TryParse(type, out var parsed) ? parsed : DataType.String)));

    /// <summary>One pipeline's last commit.</summary>
    public sealed record Committed(long Epoch, string PreparedId, string Domain, long Version);
}
