using System.Text.Json;
using System.Text.Json.Nodes;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Delta;

/// <summary>The <c>commitInfo</c> of epochs: for people and other engines, in the words that Delta writers share. Nothing relies on it.</summary>
internal static class EpochInfo
{
    /// <summary>An epoch that adds rows, or replaces all of them.</summary>
    public static JsonObject Write(DeltaSnapshot? snapshot, SinkCommit commit, TableLayout layout, string commitId, int removed)
    {
        var parameters = new JsonObject
        {
            ["mode"] = commit.Replace ? "Overwrite" : "Append",
            ["partitionBy"] = JsonSerializer.Serialize(layout.PartitionColumns),
        };
        var replaced = commit.Replace && layout.IsChanged ? "CREATE OR REPLACE TABLE AS SELECT" : "WRITE";
        var info = CommitInfo.Make(snapshot is null ? "CREATE TABLE AS SELECT" : replaced, parameters, commit.TimeMs, commitId, snapshot?.Version);
        info["isBlindAppend"] = removed == 0;
        var staged = commit.Output.Files.Where(file => !DeletionFiles.Is(file)).ToList();
        info["operationMetrics"] = CommitInfo.Metrics(new Dictionary<string, long>
        {
            ["numFiles"] = staged.Count,
            ["numOutputRows"] = staged.Sum(file => file.Rows),
            ["numOutputBytes"] = staged.Sum(file => file.Bytes),
            ["numRemovedFiles"] = removed,
        });
        info["datamesh"] = Epoch(commit);
        return info;
    }

    /// <summary>An epoch whose rows replace those with the same key.</summary>
    public static JsonObject Merge(DeltaSnapshot snapshot, SinkCommit commit, IReadOnlyList<string> key, MergedFiles merged, string commitId)
    {
        var parameters = new JsonObject
        {
            ["predicate"] = JsonSerializer.Serialize(key.Select(name => $"(target.{name} = source.{name})"), LogEntry.JsonOptions),
            ["matchedPredicates"] = """[{"actionType":"update"}]""",
            ["notMatchedPredicates"] = """[{"actionType":"insert"}]""",
            ["notMatchedBySourcePredicates"] = "[]",
        };
        if (commit.Output.Files.Any(DeletionFiles.Is)) parameters["matchedPredicates"] = """[{"actionType":"delete"},{"actionType":"update"}]""";
        var info = CommitInfo.Make("MERGE", parameters, commit.TimeMs, commitId, snapshot.Version);
        info["operationMetrics"] = CommitInfo.Metrics(merged.Metrics);
        info["datamesh"] = Epoch(commit);
        return info;
    }

    private static JsonObject Epoch(SinkCommit commit) => new()
    {
        ["appId"] = commit.AppId,
        ["epoch"] = commit.Epoch,
        ["preparedId"] = commit.PreparedId,
        ["stagedRows"] = commit.Output.Rows,
    };
}
