using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataMesh.Connectors.Datasets.Merging;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Rewriting;

/// <summary>
/// Deletes rows whose time lies too far back. Files that hold only such rows are removed as a whole, by what the log keeps of them; files that hold others
/// too are written again without them. A row that is not older, or has no time, always stays.
/// </summary>
public sealed class OldRows
{
    private const int AttemptsMax = 5;

    private readonly DeltaSnapshot _snapshot;
    private readonly Field _field;
    private readonly string _physicalName;
    private readonly bool _isPartition;
    private readonly long _cutoff;

    private OldRows(DeltaSnapshot snapshot, RowRetention retention, TimeProvider clock)
    {
        _snapshot = snapshot;
        (_field, _physicalName) = Find(snapshot.Metadata, retention.Column);
        _isPartition = snapshot.Metadata.PartitionColumns.Contains(_field.Name, StringComparer.OrdinalIgnoreCase);
        var instant = clock.GetUtcNow() - retention.OlderThan;
        Cutoff = instant;
        // A date is old when the whole of its day is.
        _cutoff = _field.Type.Kind == TypeKind.Date ? (long)Math.Floor((instant - DateTimeOffset.UnixEpoch).TotalDays) : (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
    }

    /// <summary>Rows before this go.</summary>
    public DateTimeOffset Cutoff { get; }

    /// <summary>Files of which nothing stays.</summary>
    public IReadOnlyList<AddFile> Whole { get; private set; } = [];

    /// <summary>Files that can hold old rows and others.</summary>
    public IReadOnlyList<AddFile> Mixed { get; private set; } = [];

    /// <summary>The column of the retention. Throws when the table has no such column of times or dates.</summary>
    public static (Field Field, string PhysicalName) Find(TableMetadata metadata, string column)
    {
        foreach (var found in metadata.Schema.Columns().Where(each => each.Field.Name.Equals(column, StringComparison.OrdinalIgnoreCase)))
        {
            if (found.Field.Type.Kind is TypeKind.Date or TypeKind.Timestamp) return found;
            throw new DataMeshException($"Rows can not be retained by '{column}': it is {found.Field.Type}.", hint: "retain by a column of type timestamp or date");
        }

        throw new DataMeshException($"There is no column '{column}' to retain rows by.", hint: Nearest.Hint(column, [.. metadata.Schema.Select(field => field.Name)]));
    }

    /// <summary>Looks at what the log says of every file.</summary>
    public static OldRows Plan(DeltaSnapshot snapshot, RowRetention retention, TimeProvider clock)
    {
        var old = new OldRows(snapshot, retention, clock);
        var fates = snapshot.Files.ToLookup(old.FateOf);
        (old.Whole, old.Mixed) = ([.. fates[Fate.Goes]], [.. fates[Fate.IsMixed]]);
        return old;
    }

    /// <summary>Deletes by one commit. What another commit overtook is looked at again.</summary>
    /// <param name="table">The table.</param>
    /// <param name="retention">Which rows are old.</param>
    /// <param name="rewrites">Whether files that also hold other rows are written again; otherwise they stay as they are.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static SwapResult Delete(DeltaTable table, RowRetention retention, bool rewrites, TimeProvider clock, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var old = Plan(table.Refresh() ?? DeltaTable.Open(table.Path), retention, clock);
            List<FileGroup> groups = [.. old.Whole.Select(file => new FileGroup([file], [], file.Rows ?? 0)), .. rewrites ? old.Rewrite(clock, cancellation) : []];
            if (groups.Count == 0) return new SwapResult(null, [], []);
            CrashPoint.Reached(CrashPoints.SwapRewritten);
            var result = FileSwap.Run(table, groups, new SwapInfo("DELETE", old.Parameters(), DataChange: true, Metrics), clock, cancellation);
            if (result.Overtaken.Count == 0 || result.Version is not null || attempt == AttemptsMax) return result;
        }
    }

    private Fate FateOf(AddFile file)
    {
        if (_isPartition)
        {
            using var value = PartitionValue.Repeat(file.PartitionValues.GetValueOrDefault(_physicalName), _field.Type, 1);
            return IsOld(value, 0) ? Fate.Goes : Fate.Stays;
        }

        if (file.Statistics is null) return Fate.IsMixed;
        using var statistics = JsonDocument.Parse(file.Statistics);
        var (min, max) = FileBounds.Of(statistics.RootElement, _field.Type, _physicalName).ToUnix(_field.Type);
        if (min >= _cutoff) return Fate.Stays;
        var nulls = FileStatistics.ReadNullCount(statistics.RootElement, _physicalName);
        if (nulls is { } count && count == file.Rows) return Fate.Stays;
        return max < _cutoff && nulls == 0 && file.Rows is not null ? Fate.Goes : Fate.IsMixed;
    }

    private IEnumerable<FileGroup> Rewrite(TimeProvider clock, CancellationToken cancellation)
    {
        RewritePlan? plan = null;
        foreach (var file in Mixed)
        {
            if (Matched(file, cancellation) is not (var matched, var count)) continue;
            plan ??= new RewritePlan(_snapshot, long.MaxValue, clock);
            using var rewriter = new RowRewriter(plan.Files, plan.PartitionOf(file));
            matched.CopyRest(plan, rewriter, cancellation);
            yield return new FileGroup([file], [.. rewriter.Finish().Select(rest => plan.Added(rest, dataChange: true) with { Tags = UpsertMerge.RewrittenTags })], count);
        }
    }

    private (MatchedRows Rows, int Count)? Matched(AddFile file, CancellationToken cancellation)
    {
        var goes = new BitArray(0);
        var (row, count) = (0, 0);
        foreach (var batch in DeltaRows.ReadFile(_snapshot.Path, _snapshot.Metadata, file, new Schema([_field])))
        {
            using (batch)
            {
                goes.Length = row + batch.Length;
                for (var i = 0; i < batch.Length; i++, row++)
                {
                    if (!IsOld(batch[0], i)) continue;
                    goes[row] = true;
                    count++;
                }
            }

            cancellation.ThrowIfCancellationRequested();
        }

        return count == 0 ? null : (new MatchedRows(file, goes, count), count);
    }

    private bool IsOld(Column column, int row) => !column.IsNull(row) && column switch
    {
        FixedColumn<int> days => days[row] < _cutoff,
        FixedColumn<long> micros => micros[row] < _cutoff,
        _ => false,
    };

    private JsonObject Parameters() => new()
    {
        ["predicate"] = JsonSerializer.Serialize(new[] { $"({_field.Name} < '{Cutoff.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}')" }),
    };

    private static Dictionary<string, long> Metrics(IReadOnlyList<FileGroup> groups) => new()
    {
        ["numRemovedFiles"] = groups.Sum(group => group.Removed.Count),
        ["numAddedFiles"] = groups.Sum(group => group.Added.Count),
        ["numDeletedRows"] = groups.Sum(group => group.Rows),
        ["numCopiedRows"] = groups.Sum(group => group.Added.Sum(file => file.Rows ?? 0)),
        ["numRemovedBytes"] = groups.Sum(group => group.Removed.Sum(file => file.Size)),
        ["numAddedBytes"] = groups.Sum(group => group.Added.Sum(file => file.Size)),
    };

    private enum Fate
    {
        Stays,
        IsMixed,
        Goes,
    }
}
