using System.Text.Json.Nodes;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>
/// Actions and their JSON. The same form serves log entries and checkpoint rows; a member that is null in a checkpoint counts as absent.
/// </summary>
public static class ActionJson
{
    public static TableProtocol ReadProtocol(JsonObject json) => new(
        (int)Number(json, "minReaderVersion"), (int)Number(json, "minWriterVersion"), Texts(json["readerFeatures"]), Texts(json["writerFeatures"]));

    public static TableMetadata ReadMetadata(JsonObject json) => new(
        Text(json, "id"),
        json["name"]?.ToString(),
        json["description"]?.ToString(),
        json["format"]?["provider"]?.ToString() ?? "parquet",
        // A table without columns is logged without a schema by some writers.
        json["schemaString"]?.ToString() is { } schema ? DeltaSchema.Parse(schema) : new DeltaSchema([]),
        Texts(json["partitionColumns"]) ?? [],
        OptionalNumber(json, "createdTime"),
        Map(json["configuration"])?.ToDictionary(each => each.Key, each => each.Value ?? "", StringComparer.Ordinal) ?? [])
    {
        FormatOptions = json["format"]?["options"] is JsonObject options ? (JsonObject)options.DeepClone() : null,
    };

    public static TransactionMark ReadTransaction(JsonObject json) => new(Text(json, "appId"), Number(json, "version"), OptionalNumber(json, "lastUpdated"));

    public static DomainMetadata ReadDomain(JsonObject json) => new(Text(json, "domain"), json["configuration"]?.ToString() ?? "", (bool?)json["removed"] ?? false);

    public static AddFile ReadAdd(JsonObject json) => new(
        Text(json, "path"),
        Map(json["partitionValues"]) ?? [],
        Number(json, "size"),
        OptionalNumber(json, "modificationTime") ?? 0,
        (bool?)json["dataChange"] ?? true,
        json["stats"]?.ToString())
    {
        Tags = Map(json["tags"]),
        DeletionVector = json["deletionVector"]?.DeepClone() as JsonObject,
        BaseRowId = OptionalNumber(json, "baseRowId"),
        DefaultRowCommitVersion = OptionalNumber(json, "defaultRowCommitVersion"),
    };

    public static RemoveFile ReadRemove(JsonObject json) => new(Text(json, "path"), OptionalNumber(json, "deletionTimestamp"), (bool?)json["dataChange"] ?? true)
    {
        PartitionValues = Map(json["partitionValues"]),
        Size = OptionalNumber(json, "size"),
        DeletionVector = json["deletionVector"]?.DeepClone() as JsonObject,
    };

    public static JsonObject Write(TableProtocol protocol)
    {
        var json = new JsonObject { ["minReaderVersion"] = protocol.MinReaderVersion, ["minWriterVersion"] = protocol.MinWriterVersion };
        if (protocol.ReaderFeatures is { } reader) json["readerFeatures"] = Array(reader);
        if (protocol.WriterFeatures is { } writer) json["writerFeatures"] = Array(writer);
        return json;
    }

    public static JsonObject Write(TableMetadata metadata)
    {
        var json = new JsonObject { ["id"] = metadata.Id };
        if (metadata.Name is not null) json["name"] = metadata.Name;
        if (metadata.Description is not null) json["description"] = metadata.Description;
        json["format"] = new JsonObject { ["provider"] = metadata.Provider, ["options"] = metadata.FormatOptions?.DeepClone() ?? new JsonObject() };
        json["schemaString"] = metadata.Schema.Serialise();
        json["partitionColumns"] = Array(metadata.PartitionColumns);
        if (metadata.CreatedTimeMs is { } created) json["createdTime"] = created;
        json["configuration"] = new JsonObject(metadata.Configuration.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value)));
        return json;
    }

    public static JsonObject Write(TransactionMark mark)
    {
        var json = new JsonObject { ["appId"] = mark.AppId, ["version"] = mark.Version };
        if (mark.LastUpdatedMs is { } time) json["lastUpdated"] = time;
        return json;
    }

    public static JsonObject Write(DomainMetadata domain) => new() { ["domain"] = domain.Domain, ["configuration"] = domain.Configuration, ["removed"] = domain.Removed };

    public static JsonObject Write(AddFile file)
    {
        var json = new JsonObject
        {
            ["path"] = file.Path,
            ["partitionValues"] = MapJson(file.PartitionValues),
            ["size"] = file.Size,
            ["modificationTime"] = file.ModificationTimeMs,
            ["dataChange"] = file.DataChange,
        };
        if (file.Statistics is not null) json["stats"] = file.Statistics;
        if (file.Tags is not null) json["tags"] = MapJson(file.Tags);
        if (file.DeletionVector is not null) json["deletionVector"] = file.DeletionVector.DeepClone();
        if (file.BaseRowId is { } row) json["baseRowId"] = row;
        if (file.DefaultRowCommitVersion is { } version) json["defaultRowCommitVersion"] = version;
        return json;
    }

    public static JsonObject Write(RemoveFile file)
    {
        var json = new JsonObject { ["path"] = file.Path };
        if (file.DeletionTimestampMs is { } time) json["deletionTimestamp"] = time;
        json["dataChange"] = file.DataChange;
        json["extendedFileMetadata"] = file.PartitionValues is not null && file.Size is not null;
        if (file.PartitionValues is not null) json["partitionValues"] = MapJson(file.PartitionValues);
        if (file.Size is { } size) json["size"] = size;
        if (file.DeletionVector is not null) json["deletionVector"] = file.DeletionVector.DeepClone();
        return json;
    }

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    private static JsonObject MapJson(IEnumerable<KeyValuePair<string, string?>> map) => new(map.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value)));

    private static string Text(JsonObject json, string name) => json[name]?.ToString() ?? throw new DataMeshException($"An action of the table's log lacks '{name}'.", detail: json.ToJsonString());

    private static long Number(JsonObject json, string name) => OptionalNumber(json, name) ?? throw new DataMeshException($"An action of the table's log lacks '{name}'.", detail: json.ToJsonString());

    private static long? OptionalNumber(JsonObject json, string name) => json[name] is JsonValue value
        ? value.TryGetValue(out long whole) ? whole : value.TryGetValue(out int small) ? small : (long)value.GetValue<double>()
        : null;

    private static IReadOnlyList<string>? Texts(JsonNode? json) => json is JsonArray array ? [.. array.Select(each => each?.ToString() ?? "")] : null;

    private static Dictionary<string, string?>? Map(JsonNode? json) => json is JsonObject map
        ? map.ToDictionary(each => each.Key, each => each.Value?.ToString(), StringComparer.Ordinal)
        : null;
}
