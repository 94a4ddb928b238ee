using System.Text.Json;
using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Rewriting;

/// <summary>
/// Gives columns of a table a wider type: all of its files are written again, and one log entry swaps them together with the schema. Rows stay what they
/// are. Files that come in between are written too before the entry is tried again; a table that is wide enough already is left alone, so that doing it
/// twice changes nothing.
/// </summary>
internal sealed class ColumnWidening(DeltaTable table, Schema wanted, TimeProvider clock, CancellationToken cancellation) : IDisposable
{
    private const int AttemptsMax = 1000;

    /// <summary>Beyond this, doubles do not hold every integer.</summary>
    private const long ExactMax = 1L << 53;

    private readonly Dictionary<FileKey, (AddFile Old, IReadOnlyList<AddFile> New)> _rewritten = [];
    private Schema? _types;
    private bool _isTried;

    /// <summary>Widens the columns of <paramref name="wanted"/> that are narrower in the table.</summary>
    public static void Run(DeltaTable table, Schema wanted, TimeProvider clock, CancellationToken cancellation)
    {
        using var widening = new ColumnWidening(table, wanted, clock, cancellation);
        widening.Run();
    }

    /// <summary>Deletes what was written and is named by no log entry. After an error while the entry was put, it may be there: then a vacuum decides.</summary>
    public void Dispose()
    {
        if (_isTried) return;
        foreach (var (_, added) in _rewritten.Values) Delete(added);
    }

    private void Run()
    {
        var commitId = Guid.NewGuid().ToString();
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (table.Refresh() is not { } snapshot || Wider(snapshot) is not { Count: > 0 } types) return;
            if (_types is not null && !types.SequenceEqual(_types)) Forget(_ => true);
            _types = types;
            Rewrite(snapshot);
            CrashPoint.Reached(CrashPoints.RetypeRewritten);
            var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var entry = Build(snapshot, commitId, nowMs).Serialise();
            _isTried = true;
            if (!DurableFiles.PutIfAbsent(LogFolder.EntryPath(table.Path, snapshot.Version + 1), entry))
            {
                _isTried = false;
                continue;
            }

            CrashPoint.Reached(CrashPoints.RetypeEntry);
            CheckpointWriter.WriteWhenDue(table, snapshot.Version + 1, nowMs);
            return;
        }

        throw new DataMeshException($"'{table.Path}' could not be committed: {AttemptsMax} other commits came first.", hint: "too many programs write to this table at once");
    }

    private Schema Wider(DeltaSnapshot snapshot) => new(
        from field in wanted
        let there = snapshot.Metadata.Schema.Find(field.Name)
        where there is { IsWritable: true, Type: not null }
        let type = TypeOf(snapshot, there, field.Type)
        where type != there.Type
        select new Field(there.Name, type));

    private static DataType TypeOf(DeltaSnapshot snapshot, DeltaField there, DataType wanted)
    {
        var type = WidenedTypes.Join(there.Type!.Value, wanted);
        return type.Kind == TypeKind.Float64 && there.Type.Value.Kind == TypeKind.Int64 && !IsExact(snapshot, there) ? DataType.String : type;
    }

    /// <summary>Whether the log says of every file that its integers are not too large for doubles.</summary>
    private static bool IsExact(DeltaSnapshot snapshot, DeltaField column) => snapshot.Files.All(file =>
    {
        if (file.Statistics is null) return false;
        using var statistics = JsonDocument.Parse(file.Statistics);
        if (FileStatistics.ReadNullCount(statistics.RootElement, column.PhysicalName) is { } nulls && nulls == file.Rows) return true;
        return Bound("minValues") is >= -ExactMax && Bound("maxValues") is <= ExactMax;

        long? Bound(string name) => statistics.RootElement.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Object
            && values.TryGetProperty(column.PhysicalName, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var bound) ? bound : null;
    });

    private void Rewrite(DeltaSnapshot snapshot)
    {
        Forget(each => !snapshot.IsLive(each));
        var plan = new RewritePlan(snapshot, long.MaxValue, clock, Retyped(snapshot.Metadata));
        foreach (var file in snapshot.Files.Where(file => !_rewritten.ContainsKey(file.Key)).ToList())
        {
            using var rewriter = new RowRewriter(plan.Files, plan.PartitionOf(file));
            foreach (var batch in plan.Read(file))
            {
                rewriter.Add(batch);
                cancellation.ThrowIfCancellationRequested();
            }

            _rewritten[file.Key] = (file, [.. rewriter.Finish().Select(each => plan.Added(each, dataChange: false) with { Tags = file.Tags })]);
        }
    }

    private TableMetadata Retyped(TableMetadata metadata) =>
        metadata with { Schema = new DeltaSchema(metadata.Schema.Select(field => _types!.TryGet(field.Name, out var wide) ? field.Retyped(wide.Type) : field)) };

    private LogEntry Build(DeltaSnapshot snapshot, string commitId, long nowMs)
    {
        var parameters = new JsonObject { ["columns"] = JsonSerializer.Serialize(_types!.Select(field => $"{field.Name} {DeltaTypes.Name(field.Type)}")) };
        var info = CommitInfo.Make("CHANGE COLUMNS", parameters, nowMs, commitId, snapshot.Version);
        info["operationMetrics"] = CommitInfo.Metrics(new Dictionary<string, long>
        {
            ["numRemovedFiles"] = _rewritten.Count,
            ["numAddedFiles"] = _rewritten.Values.Sum(each => each.New.Count),
        });
        var entry = new LogEntry();
        entry.Add(info);
        entry.Add(Retyped(snapshot.Metadata));
        if (UpkeepCount.Next(snapshot) is { } count) entry.Add(count);
        foreach (var (old, _) in _rewritten.Values) entry.Add(RemoveFile.Of(old, nowMs) with { DataChange = false });
        foreach (var added in _rewritten.Values.SelectMany(each => each.New)) entry.Add(added);
        return entry;
    }

    /// <summary>Gives up what was written for files that another commit has removed, or for other types.</summary>
    private void Forget(Func<FileKey, bool> isDead)
    {
        foreach (var key in _rewritten.Keys.Where(isDead).ToList())
        {
            Delete(_rewritten[key].New);
            _rewritten.Remove(key);
        }
    }

    private void Delete(IReadOnlyList<AddFile> files)
    {
        foreach (var file in files) File.Delete(DeltaPath.Resolve(table.Path, file.Path));
    }
}
