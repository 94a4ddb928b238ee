using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>Which tables this program may read and write, by the features they ask for.</summary>
public static class ProtocolSupport
{
    private const string Mapping = "columnMapping";
    private const string Domains = "domainMetadata";

    private static readonly HashSet<string> ReadableFeatures = [Mapping, "timestampNtz", "v2Checkpoint", "vacuumProtocolCheck"];

    /// <summary>Writer features that are obeyed, or that change nothing as long as <see cref="RequireIdle"/> finds them unused.</summary>
    private static readonly HashSet<string> WritableFeatures =
    [
        Mapping, Domains, "appendOnly", "invariants", "checkConstraints", "changeDataFeed", "generatedColumns", "allowColumnDefaults",
        "identityColumns", "timestampNtz", "v2Checkpoint", "vacuumProtocolCheck", "inCommitTimestamp",
    ];

    /// <summary>Features that the writer versions before 7 imply, by version.</summary>
    private static readonly string[][] ImpliedByWriter =
        [[], [], ["appendOnly", "invariants"], ["checkConstraints"], ["changeDataFeed", "generatedColumns"], [Mapping], ["identityColumns"]];

    private static readonly (string Property, string Feature)[] IdleProperties =
        [("delta.enableChangeDataFeed", "changeDataFeed"), ("delta.enableInCommitTimestamps", "inCommitTimestamp"), ("delta.enableRowTracking", "rowTracking")];

    private static readonly (string Key, string Feature)[] IdleColumnKeys =
        [("delta.invariants", "invariants"), ("delta.generationExpression", "generatedColumns"), ("CURRENT_DEFAULT", "allowColumnDefaults"), ("delta.identity.start", "identityColumns")];

    /// <summary>The protocol of a new table.</summary>
    public static TableProtocol ForNewTable(bool mapped) => mapped ? new(2, 7, null, [Domains, Mapping]) : new(1, 7, null, [Domains]);

    /// <summary>Throws when the table can not be read right.</summary>
    public static void RequireReadable(TableProtocol protocol, string table)
    {
        if (protocol.MinReaderVersion > 3) throw Refuse(table, "read", $"reader version {protocol.MinReaderVersion}");
        if (protocol.MinReaderVersion < 3) return;
        var unknown = (protocol.ReaderFeatures ?? []).Where(feature => !ReadableFeatures.Contains(feature)).ToList();
        if (unknown.Count > 0) throw Refuse(table, "read", string.Join(", ", unknown));
    }

    /// <summary>Throws when the table can not be written right.</summary>
    public static void RequireWritable(TableProtocol protocol, TableMetadata metadata, string table)
    {
        RequireReadable(protocol, table);
        if (protocol.MinWriterVersion > 7) throw Refuse(table, "written", $"writer version {protocol.MinWriterVersion}");
        var unknown = WriterFeatures(protocol).Where(feature => !WritableFeatures.Contains(feature)).ToList();
        if (unknown.Count > 0) throw Refuse(table, "written", string.Join(", ", unknown));
        if (metadata.Provider != "parquet") throw Refuse(table, "written", $"data files of format {metadata.Provider}");
        RequireIdle(metadata, table);
    }

    /// <summary>The protocol that the table needs for our commits: domain metadata, and column mapping when asked for. Equal when it has them.</summary>
    public static TableProtocol Raise(TableProtocol protocol, bool mapped)
    {
        var features = WriterFeatures(protocol).ToList();
        if (!features.Contains(Domains)) features.Add(Domains);
        if (mapped && !features.Contains(Mapping)) features.Add(Mapping);
        var reader = mapped ? Math.Max(2, protocol.MinReaderVersion) : protocol.MinReaderVersion;
        var readerFeatures = protocol.ReaderFeatures;
        if (reader == 3 && mapped && !(readerFeatures ?? []).Contains(Mapping)) readerFeatures = [.. readerFeatures ?? [], Mapping];
        var same = protocol.MinWriterVersion == 7 && features.Count == (protocol.WriterFeatures?.Count ?? 0)
            && reader == protocol.MinReaderVersion && ReferenceEquals(readerFeatures, protocol.ReaderFeatures);
        return same ? protocol : new TableProtocol(reader, 7, readerFeatures, features);
    }

    private static IEnumerable<string> WriterFeatures(TableProtocol protocol) => protocol.MinWriterVersion >= 7
        ? protocol.WriterFeatures ?? []
        : ImpliedByWriter.Take(protocol.MinWriterVersion + 1).SelectMany(each => each);

    /// <summary>Rules that other engines put on the rows (constraints, generated columns, change feeds) are not enforced here: such a table is refused.</summary>
    private static void RequireIdle(TableMetadata metadata, string table)
    {
        foreach (var (property, feature) in IdleProperties)
            if (metadata.Configuration.GetValueOrDefault(property) == "true") throw Refuse(table, "written", feature);
        if (metadata.Configuration.Keys.FirstOrDefault(key => key.StartsWith("delta.constraints.", StringComparison.Ordinal)) is { } constraint)
            throw Refuse(table, "written", $"check constraint {constraint["delta.constraints.".Length..]}");
        foreach (var (key, feature) in IdleColumnKeys)
            if (metadata.Schema.FirstOrDefault(field => field.Metadata.ContainsKey(key)) is { } field) throw Refuse(table, "written", $"{feature} on column {field.Name}");
    }

    private static DataMeshException Refuse(string table, string verb, string what) => new(
        $"The table '{table}' can not be {verb}: it uses features that are not supported here.", detail: what,
        hint: "read or rewrite it with the engine that made it, or write to a table of your own");
}
