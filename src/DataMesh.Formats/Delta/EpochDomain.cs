using System.Text.Json;
using System.Text.Json.Nodes;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>The part of a pipeline's domain metadata that the table itself relies on: who committed which epoch from which prepared record.</summary>
/// <param name="AppId">The application.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="PreparedId">Identity of the prepared record.</param>
public sealed record EpochDomain(string AppId, long Epoch, string PreparedId)
{
    /// <summary>The configuration of a commit: the runtime's JSON with these members set.</summary>
    public static string Write(SinkCommit commit)
    {
        var json = ParseObject(commit.DomainJson) ?? throw new DataMeshException("The domain metadata of an epoch must be a JSON object.", detail: commit.DomainJson);
        json["appId"] = commit.AppId;
        json["epoch"] = commit.Epoch;
        json["preparedId"] = commit.PreparedId;
        return json.ToJsonString(LogEntry.JsonOptions);
    }

    /// <summary>Reads a configuration; null when it is not one of ours.</summary>
    public static EpochDomain? Parse(string configuration)
    {
        if (ParseObject(configuration) is not { } json) return null;
        return json["appId"] is JsonValue app && app.TryGetValue(out string? appId)
            && json["epoch"] is JsonValue count && count.TryGetValue(out long epoch)
            && json["preparedId"] is JsonValue prepared && prepared.TryGetValue(out string? preparedId)
            ? new EpochDomain(appId, epoch, preparedId)
            : null;
    }

    private static JsonObject? ParseObject(string text)
    {
        try
        {
            return JsonNode.Parse(string.IsNullOrWhiteSpace(text) ? "{}" : text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
