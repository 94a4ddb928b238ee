using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Delta;

namespace DataMesh.Formats.Tests.Delta;

/// <summary>A folder for a table that is deleted afterwards, with short ways to put entries and epochs into its log.</summary>
public sealed class TempTable : IDisposable
{
    public const long NowMs = 1_700_000_000_000;

    public TempTable() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "delta-test-" + Guid.NewGuid().ToString("N"));

    public static Schema Rows { get; } = new([new Field("id", DataType.Int64), new Field("state", DataType.String)]);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static SinkCommit Epoch(long epoch, Schema? rows = null, string app = "app/0", string? prepared = null, bool replace = false, params StagedFile[] files) => new(
        app, epoch, prepared ?? $"{app}:{epoch}", $"datamesh.{app}", $$$"""{"positions":{"a.csv":{{{epoch}}}}}""", new StagedOutput(rows ?? Rows, files), NowMs + epoch, replace);

    public static StagedFile Staged(string path, long rows = 1, string? partition = null) =>
        new(path, 100, rows, partition is null ? new Dictionary<string, string?>() : new Dictionary<string, string?> { ["state"] = partition }, $$"""{"numRecords":{{rows}}}""", NowMs);

    public long Commit(SinkCommit commit, TableOptions? options = null) => EpochCommit.Run(DeltaTable.At(Path), commit, options ?? new TableOptions(), merge: null, CancellationToken.None);

    public IReadOnlyList<JsonObject> Entry(long version) =>
        [.. File.ReadAllLines(LogFolder.EntryPath(Path, version)).Select(line => (JsonObject)JsonNode.Parse(line)!)];

    public void WriteEntry(long version, params string[] actions)
    {
        Directory.CreateDirectory(LogFolder.Of(Path));
        File.WriteAllLines(LogFolder.EntryPath(Path, version), actions);
    }

    public const string Protocol = """{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""";

    public static string Metadata(string fields, string configuration = "{}", string partitionColumns = "[]")
    {
        var schema = JsonValue.Create($$"""{"type":"struct","fields":[{{fields}}]}""").ToJsonString();
        return $$$"""{"metaData":{"id":"11111111-1111-1111-1111-111111111111","format":{"provider":"parquet","options":{}},"schemaString":{{{schema}}},"partitionColumns":{{{partitionColumns}}},"configuration":{{{configuration}}},"createdTime":1}}""";
    }

    public static string Field(string name, string type, string metadata = "{}", bool nullable = true) =>
        $$"""{"name":"{{name}}","type":{{(type.StartsWith('{') ? type : $"\"{type}\"")}},"nullable":{{(nullable ? "true" : "false")}},"metadata":{{metadata}}}""";

    public static string Add(string path, string extra = "") =>
        $$$"""{"add":{"path":"{{{path}}}","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true{{{extra}}}}}""";

    public static string Remove(string path) => $$$"""{"remove":{"path":"{{{path}}}","deletionTimestamp":{{{NowMs}}},"dataChange":true}}""";
}
