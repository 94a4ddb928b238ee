using System.Globalization;
using System.Text.Json.Nodes;

namespace DataMesh.Formats.Delta;

/// <summary>Makes <c>commitInfo</c> actions.</summary>
public static class CommitInfo
{
    /// <summary>What was done; <paramref name="commitId"/> tells this entry from every other.</summary>
    public static JsonObject Make(string operation, JsonObject parameters, long timeMs, string commitId, long? readVersion)
    {
        var info = new JsonObject
        {
            ["timestamp"] = timeMs,
            ["operation"] = operation,
            ["operationParameters"] = parameters,
            ["isolationLevel"] = "Serializable",
            ["isBlindAppend"] = false,
            ["engineInfo"] = "DataMesh/0.1.0",
            ["txnId"] = commitId,
        };
        if (readVersion is { } version) info["readVersion"] = version;
        return info;
    }

    /// <summary>Metrics: numbers as text, as Delta writers have it.</summary>
    public static JsonObject Metrics(IEnumerable<KeyValuePair<string, long>> metrics) =>
        new(metrics.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value.ToString(CultureInfo.InvariantCulture))));
}
