using System.Text.Json.Nodes;
using DataMesh.Connectors.Datasets;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Delta;
using DataMesh.Tests;
using static DataMesh.Connectors.Tests.Datasets.SinkHarness;

namespace DataMesh.Connectors.Tests.Datasets;

/// <summary>The checker itself is tested: a table that is damaged in one place is refused, for that reason.</summary>
public sealed class DeltaCheckTests : IDisposable
{
    private readonly SinkHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData("numRecords", "statistics say 3 rows, the file has 2")]
    [InlineData("minValues", "minimum #5 of id: 4 lies outside")]
    [InlineData("maxValues", "is not tight")]
    [InlineData("nullCount", "nulls in note, there are 1")]
    [InlineData("size", "the log says 1 bytes")]
    [InlineData("partition value", "partition value \"later\" is not a date")]
    [InlineData("partition folder", "and partition value \"1999-01-01\" differ")]
    [InlineData("partition missing", "partition values of  instead of day")]
    [InlineData("field", "add.modificationTime is missing or wrong")]
    [InlineData("removed twice", "which is not live")]
    [InlineData("two metaData", "two actions reconcile with each other: metaData")]
    [InlineData("feature", "domainMetadata without the feature")]
    [InlineData("mapping", "column mapping is on and the protocol does not support it")]
    [InlineData("type", "column id is string in the table")]
    [InlineData("missing file", "there is no such file")]
    [InlineData("gap", "log entry 2 is missing")]
    [InlineData("checkpoint", "checkpoint 2: txn of app/0 differs from the log")]
    [InlineData("checkpoint file", "is not in the log")]
    [InlineData("hint", "_last_checkpoint points to version 1")]
    public async Task A_damaged_table_is_refused(string damage, string reason)
    {
        await WriteAsync();
        Node.Run("delta-check.mjs", _harness.Table());

        Damage(damage);

        var refused = Assert.Throws<InvalidOperationException>(() => Node.Run("delta-check.mjs", _harness.Table()));
        Assert.Contains("exited with 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private async Task WriteAsync()
    {
        var sink = new DatasetSink { Name = "t", PartitionBy = ["day"], Properties = new OrderedMap<string> { { "delta.checkpointInterval", "2" } } };
        for (var i = 0; i < 5; i++)
        {
            await _harness.WriteAsync(sink, [[Batch(
                ("day", DataType.Date, [new DateOnly(2024, 1, 31), new DateOnly(2024, 1, 31)]), ("id", DataType.Int64, [(long)i, 10L]), ("note", DataType.String, ["x", null]))]]);
        }
    }

    private void Damage(string damage)
    {
        switch (damage)
        {
            case "numRecords": Statistics(json => json["numRecords"] = 3); break;
            case "minValues": Statistics(json => json["minValues"]!["id"] = 5); break;
            case "maxValues": Statistics(json => json["maxValues"]!["id"] = 11); break;
            case "nullCount": Statistics(json => json["nullCount"]!["note"] = 0); break;
            case "size": Change(4, "add", add => add["size"] = 1); break;
            case "partition value": Change(4, "add", add => add["partitionValues"]!["day"] = "later"); break;
            case "partition folder": Change(4, "add", add => add["partitionValues"]!["day"] = "1999-01-01"); break;
            case "partition missing": Change(4, "add", add => add["partitionValues"] = new JsonObject()); break;
            case "field": Change(4, "add", add => add.Remove("modificationTime")); break;
            case "removed twice": Append(4, """{"remove":{"path":"never.parquet","dataChange":true}}"""); break;
            case "two metaData": Append(0, Actions(0).Single(action => action.ContainsKey("metaData")).ToJsonString()); break;
            case "feature": Change(0, "protocol", protocol => protocol["writerFeatures"] = new JsonArray()); break;
            case "mapping": Change(0, "metaData", metadata => metadata["configuration"]!["delta.columnMapping.mode"] = "name"); break;
            case "type": Change(0, "metaData", metadata => metadata["schemaString"] = metadata["schemaString"]!.ToString().Replace("\"long\"", "\"string\"", StringComparison.Ordinal)); break;
            case "missing file": File.Delete(Path.Combine(_harness.Table(), DeltaTable.Open(_harness.Table()).Files.First().Path)); break;
            case "gap": File.Delete(LogFolder.EntryPath(_harness.Table(), 2)); break;
            case "checkpoint": Change(2, "txn", mark => mark["lastUpdated"] = 1, keepsCheckpoints: true); break;
            case "checkpoint file": Rewrite(1, [.. Actions(1).Where(action => !action.ContainsKey("add"))]); break;
            case "hint": File.WriteAllText(Path.Combine(LogFolder.Of(_harness.Table()), "_last_checkpoint"), """{"version":1,"size":3}"""); break;
            default: throw new ArgumentOutOfRangeException(nameof(damage));
        }
    }

    private void Statistics(Action<JsonObject> change) => Change(4, "add", add =>
    {
        var statistics = (JsonObject)JsonNode.Parse(add["stats"]!.ToString())!;
        change(statistics);
        add["stats"] = statistics.ToJsonString();
    });

    /// <summary>Changes an action in the log; without checkpoints, which would disagree with it first.</summary>
    private void Change(long version, string action, Action<JsonObject> change, bool keepsCheckpoints = false)
    {
        foreach (var file in Directory.GetFiles(LogFolder.Of(_harness.Table()), "*checkpoint*"))
            if (!keepsCheckpoints) File.Delete(file);
        var actions = Actions(version);
        change((JsonObject)actions.Single(each => each.ContainsKey(action))[action]!);
        Rewrite(version, actions);
    }

    private void Append(long version, string action) => Rewrite(version, [.. Actions(version), (JsonObject)JsonNode.Parse(action)!]);

    private List<JsonObject> Actions(long version) => [.. File.ReadAllLines(LogFolder.EntryPath(_harness.Table(), version)).Select(line => (JsonObject)JsonNode.Parse(line)!)];

    private void Rewrite(long version, IReadOnlyList<JsonObject> actions) =>
        File.WriteAllText(LogFolder.EntryPath(_harness.Table(), version), string.Concat(actions.Select(action => action.ToJsonString() + "\n")));
}
