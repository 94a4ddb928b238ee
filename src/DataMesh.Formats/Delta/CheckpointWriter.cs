using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.Formats.Parquet;

namespace DataMesh.Formats.Delta;

/// <summary>Writes classic checkpoints, so that readers need not replay the whole log.</summary>
public static class CheckpointWriter
{
    private const int IntervalDefault = 10;

    private static readonly NestedSchema Schema = MakeSchema(readerFeatures: false);
    private static readonly NestedSchema SchemaWithReaderFeatures = MakeSchema(readerFeatures: true);

    /// <summary>Writes a checkpoint of <paramref name="version"/> when its number is due. A checkpoint that fails costs speed, not data.</summary>
    public static void WriteWhenDue(DeltaTable table, long version, long nowMs)
    {
        if (version == 0 || table.Refresh() is not { } snapshot || version % Interval(snapshot) != 0) return;
        try
        {
            Write(snapshot.Version == version ? snapshot : DeltaTable.Open(table.Path, version), nowMs);
            LogCleanup.Run(snapshot, nowMs);
        }
        catch (Exception error) when (error is IOException or DataMeshException || StorageError.Explain(error) is not null)
        {
            // The commit stands. The next checkpoint will cover this version too.
        }
    }

    /// <summary>Writes the checkpoint of a snapshot and points <c>_last_checkpoint</c> to it.</summary>
    public static void Write(DeltaSnapshot snapshot, long nowMs)
    {
        // Statistics as typed columns are not written: where a table asks for them, its checkpoints are left to other writers.
        if (snapshot.Metadata.Configuration.GetValueOrDefault("delta.checkpoint.writeStatsAsStruct") == "true") return;
        var target = LogFolder.CheckpointPath(snapshot.Path, snapshot.Version);
        var temporary = Path.Combine(LogFolder.Of(snapshot.Path), DurableFiles.TemporaryPrefix + Guid.NewGuid().ToString("N"));
        var rows = Actions(snapshot, nowMs).ToList();
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                NestedParquetWriter.Write(stream, snapshot.Protocol.ReaderFeatures is null ? Schema : SchemaWithReaderFeatures, rows);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
            DurableFiles.FlushFolder(LogFolder.Of(snapshot.Path));
            CrashPoint.Reached(CrashPoints.CheckpointFile);
        }
        finally
        {
            File.Delete(temporary);
        }

        var hint = new JsonObject
        {
            ["version"] = snapshot.Version,
            ["size"] = rows.Count,
            ["sizeInBytes"] = new FileInfo(target).Length,
            ["numOfAddFiles"] = snapshot.Files.Count,
        };
        DurableFiles.Replace(Path.Combine(LogFolder.Of(snapshot.Path), "_last_checkpoint"), Encoding.UTF8.GetBytes(hint.ToJsonString()));
    }

    private static int Interval(DeltaSnapshot snapshot) =>
        int.TryParse(snapshot.Metadata.Configuration.GetValueOrDefault(PropertyNames.CheckpointInterval), NumberStyles.None, CultureInfo.InvariantCulture, out var interval) && interval > 0
            ? interval : IntervalDefault;

    private static IEnumerable<JsonObject> Actions(DeltaSnapshot snapshot, long nowMs)
    {
        var withStatistics = snapshot.Metadata.Configuration.GetValueOrDefault("delta.checkpoint.writeStatsAsJson") != "false";
        var expired = nowMs - (long)Retention.Of(snapshot.Metadata, PropertyNames.DeletedFileRetention, Retention.DeletedFilesDefault).TotalMilliseconds;
        yield return new JsonObject { ["protocol"] = ActionJson.Write(snapshot.Protocol) };
        yield return new JsonObject { ["metaData"] = ActionJson.Write(snapshot.Metadata) };
        foreach (var mark in snapshot.Transactions.Values) yield return new JsonObject { ["txn"] = ActionJson.Write(mark) };
        foreach (var domain in snapshot.Domains.Values) yield return new JsonObject { ["domainMetadata"] = ActionJson.Write(domain) };
        foreach (var file in snapshot.Tombstones)
            if ((file.DeletionTimestampMs ?? 0) > expired) yield return new JsonObject { ["remove"] = ActionJson.Write(file with { DataChange = false }) };
        foreach (var file in snapshot.Files)
            yield return new JsonObject { ["add"] = ActionJson.Write(file with { DataChange = false, Statistics = withStatistics ? file.Statistics : null }) };
    }

    private static NestedSchema MakeSchema(bool readerFeatures)
    {
        List<NestedField> protocol = [Number("minReaderVersion", narrow: true), Number("minWriterVersion", narrow: true)];
        if (readerFeatures) protocol.Add(Texts("readerFeatures"));
        protocol.Add(Texts("writerFeatures"));
        return new NestedSchema(
        [
            new NestedStruct("txn", [Text("appId"), Number("version"), Number("lastUpdated")]),
            new NestedStruct("add",
            [
                Text("path"), Map("partitionValues"), Number("size"), Number("modificationTime"), Flag("dataChange"), Text("stats"), Map("tags"),
                Number("baseRowId"), Number("defaultRowCommitVersion"),
            ]),
            new NestedStruct("remove",
                [Text("path"), Number("deletionTimestamp"), Flag("dataChange"), Flag("extendedFileMetadata"), Map("partitionValues"), Number("size")]),
            new NestedStruct("metaData",
            [
                Text("id"), Text("name"), Text("description"), new NestedStruct("format", [Text("provider"), Map("options")]), Text("schemaString"),
                Texts("partitionColumns"), Map("configuration"), Number("createdTime"),
            ]),
            new NestedStruct("protocol", protocol),
            new NestedStruct("domainMetadata", [Text("domain"), Text("configuration"), Flag("removed")]),
        ]);
    }

    private static NestedValue Text(string name) => new(name, DataType.String);

    private static NestedValue Number(string name, bool narrow = false) => new(name, DataType.Int64, Narrow: narrow);

    private static NestedValue Flag(string name) => new(name, DataType.Bool);

    private static NestedList Texts(string name) => new(name, new NestedValue("element", DataType.String));

    private static NestedMap Map(string name) => new(name, new NestedValue("value", DataType.String));
}
