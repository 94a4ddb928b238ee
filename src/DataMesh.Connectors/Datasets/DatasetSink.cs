using DataMesh.Connectors.Datasets.Merging;
using DataMesh.Connectors.Datasets.Rewriting;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets;

/// <summary>A Delta Lake table of Parquet files.</summary>
[Component("dataset", ComponentKind.Sink, "A Delta Lake table of Parquet files that any engine can read.", Details = """
    The table is created with the first commit. Later rows may bring new columns and nulls; the type of a column does not change, unless
    the drift policy says `type_changed: rewrite`.
    Columns in which only nulls were seen are not created yet. Rows, quarantined records and the position in the source become visible
    in one commit.

    Names that hold a space or one of `,;{}()=` turn on Delta's column mapping, which readers must support; a `rename` stage avoids that.
    An empty text in a partition column reads back as null, as the Delta protocol has it.
    """)]
public sealed class DatasetSink : Sink
{
    private readonly Lock _gate = new();
    private DeltaTable? _table;

    /// <summary>The dataset's name.</summary>
    [Option("The dataset's name.", Required = true, Shorthand = true)]
    public string Name { get; set; } = "";

    /// <summary>Folder of the table.</summary>
    [Option("Folder of the table, from the pipeline file's folder. By default `lake/` and the name.")]
    public string? Path { get; set; }

    /// <summary>Partition columns.</summary>
    [Option("Columns whose values divide the table into folders. Choose columns with few values. By default none, or what the table has.")]
    public IReadOnlyList<string> PartitionBy { get; set; } = [];

    /// <summary>What happens to rows that are there.</summary>
    [Option("`append` adds rows to what is there; `overwrite` replaces it with what this run writes; `upsert` replaces the row with the same `key`, or adds the row when there is none. By default `append`.")]
    public WriteMode Mode { get; set; } = WriteMode.Append;

    /// <summary>Key columns of an upsert.</summary>
    [Option("With `mode: upsert`: the columns that tell which row is meant. The last row of a key counts; a row with a null in them goes to quarantine. The key of a table stays what it was first.")]
    public IReadOnlyList<string> Key { get; set; } = [];

    /// <summary>Rows that delete.</summary>
    [Option("With `mode: upsert`: an expression; a row for which it is true deletes the row of its key (`op = 'D'`), and is not written itself.")]
    public ExpressionText? DeleteWhen { get; set; }

    /// <summary>Columns that are not written.</summary>
    [Option("Columns that only `delete_when` needs: they are not written.")]
    public IReadOnlyList<string> LeaveOut { get; set; } = [];

    /// <summary>What the table holds.</summary>
    [Option("What the table holds, for the people who find it. Stored in a new table's metadata.")]
    public string? Description { get; set; }

    /// <summary>Table properties.</summary>
    [Option("Delta table properties for a new table, such as `delta.deletedFileRetentionDuration: interval 30 days`.")]
    public OrderedMap<string> Properties { get; set; } = [];

    /// <summary>How long things are kept.</summary>
    [Option("How long log entries, files of older versions and rows are kept, such as `{ log: 30d, files: 7d, rows: { column: at, older_than: 90d } }`. Stored as table properties.")]
    public RetainOptions? Retain { get; set; }

    /// <summary>Size of data files.</summary>
    [Option("A data file is closed when it has grown past this size. By default 256MB.")]
    public ByteCount? FileSize { get; set; }

    /// <inheritdoc/>
    public override DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

    /// <inheritdoc/>
    public override bool Replaces => Mode == WriteMode.Overwrite;

    /// <inheritdoc/>
    public override Upsert? Upsert
    {
        get
        {
            if (Mode == WriteMode.Upsert)
            {
                if (Key.Count == 0) throw new DataMeshException($"'{Name}' is upserted without a key.", hint: "key: [id] names the columns that tell which row is meant");
                return new Upsert(Key, DeleteWhen, LeaveOut);
            }

            if (Key.Count > 0 || DeleteWhen is not null || LeaveOut.Count > 0)
                throw new DataMeshException($"'{Name}' has a key but is not upserted.", hint: "say mode: upsert, or leave key, delete_when and leave_out away");
            return null;
        }
    }

    /// <inheritdoc/>
    public override bool CanStartOver => true;

    /// <inheritdoc/>
    public override bool TakesParts => true;

    /// <inheritdoc/>
    public override string TargetName => Name;

    /// <inheritdoc/>
    public override string TargetPath(ComponentContext context) => context.Resolve(Path ?? System.IO.Path.Combine("lake", Name));

    /// <inheritdoc/>
    public override ValueTask<TargetState> ReadStateAsync(string appId, ComponentContext context, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var snapshot = Table(context).Refresh();
            var (epoch, preparedId, domain) = EpochCommit.LastEpoch(snapshot, appId);
            return ValueTask.FromResult(new TargetState(snapshot?.Version ?? -1, snapshot?.Schema, epoch, preparedId, domain)
            {
                Upkeep = UpkeepCount.Of(snapshot),
                WithoutEffect = snapshot is null ? [] : [.. Declared().DifferencesFrom(snapshot.Metadata).Select(Kept), .. KeptPartition(snapshot.Metadata, epoch)],
            });
        }
    }

    /// <inheritdoc/>
    public override ValueTask<SinkWriter> OpenWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(OpenWriter(schema, Replaces, context, []));

    /// <inheritdoc/>
    public override ValueTask<SinkWriter> OpenReplacingWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(OpenWriter(schema, replaces: true, context, []));

    /// <inheritdoc/>
    public override ValueTask<SinkWriter> OpenRetypingWriterAsync(Schema schema, IReadOnlyList<string> retyped, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(OpenWriter(schema, Replaces, context, retyped));

    /// <inheritdoc/>
    public override bool CanRetype(string column, ComponentContext context)
    {
        lock (_gate)
        {
            // Values of partitions lie in the log and in folder names; rows are found by their key, and are kept by their time.
            return Table(context).Refresh()?.Metadata is { } there && there.Schema.All(field => field.IsWritable)
                && !there.PartitionColumns.Concat(Key).Append(Retain?.Rows?.Column).Contains(column, StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<long> CommitAsync(SinkCommit commit, ComponentContext context, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var table = Table(context);
            RequireStaged(table, commit);
            if (EpochCommit.LastEpoch(table.Refresh(), commit.AppId).Epoch < commit.Epoch)
            {
                if (commit.Retyped.Count > 0) ColumnWidening.Run(table, new Schema(commit.Output.Schema.Where(field => commit.Retyped.Contains(field.Name))), context.Clock, cancellation);
                commit = StagedWidening.Fit(table, commit, context.Clock, cancellation);
            }

            var merge = Upsert is null ? null : new UpsertMerge(table.Path, Key, Deletions(commit), DataFileBytes, context.Clock);
            var version = EpochCommit.Run(table, commit, Declared(), merge, cancellation);
            // Used up. One that stays behind, because the process died here, is left to the vacuum.
            foreach (var file in commit.Output.Files.Where(DeletionFiles.Is)) File.Delete(System.IO.Path.Combine(table.Path, file.Path));
            if (Retain?.Rows is { } rows && table.Refresh()?.Metadata.Schema.Find(rows.Column) is not null) OldRows.Delete(table, rows, rewrites: false, context.Clock, cancellation);
            return ValueTask.FromResult(version);
        }
    }

    /// <inheritdoc/>
    public override void Check(Schema schema, bool replaces, ComponentContext context)
    {
        if (Upsert is { } upsert) DataMeshException.CheckEach(Enumerable.Range(0, upsert.Key.Count), i => schema.Require(Key[i], OptionPlaces.Of(this, nameof(Key), i)));
        lock (_gate)
        {
            var there = Table(context).Refresh()?.Metadata;
            CheckPartition(schema, replaces, there, context);
            if (Retain?.Rows is { } rows) CheckRetention(rows, schema, there);
        }
    }

    /// <summary>Rows are kept by a column of times that they bring, or that the table has.</summary>
    private static void CheckRetention(RowRetention rows, Schema schema, TableMetadata? there)
    {
        if (schema.TryGet(rows.Column, out var time) ? time.Type.Kind is TypeKind.Null or TypeKind.Date or TypeKind.Timestamp : there?.Schema.Find(rows.Column) is not null) return;
        var place = OptionPlaces.Of(rows, nameof(rows.Column));
        if (time is not null) throw new DataMeshException($"Rows can not be retained by '{rows.Column}': it is {time.Type}.", place, hint: "retain by a column of type timestamp or date");
        throw new DataMeshException($"There is no column '{rows.Column}' to retain rows by.", place, hint: Nearest.Hint(rows.Column, [.. schema.Names]));
    }

    private TableOptions Declared() => new()
    {
        Name = Name,
        Description = Description,
        PartitionBy = PartitionBy,
        Key = Key,
        Settings = Retain?.ToProperties() ?? [],
        Properties = Properties.ToDictionary(each => each.Key, each => each.Value, StringComparer.Ordinal),
    };

    private string Kept((string Option, string? There, string Here) each) =>
        $"The {each.Option} of the table '{Name}' stays {(each.There is null ? "unset" : $"'{each.There}'")} and does not become '{each.Here}': it was stored when the table was made (--rebuild replaces it).";

    /// <summary>A pipeline that wrote the table and names no partition columns has perhaps lost them.</summary>
    private IEnumerable<string> KeptPartition(TableMetadata metadata, long epoch)
    {
        if (PartitionBy.Count > 0 || metadata.PartitionColumns.Count == 0 || epoch < 0) return [];
        var there = string.Join(", ", metadata.PartitionColumns);
        return [$"The table '{Name}' stays partitioned by [{there}], although it has no partition_by here: say partition_by: [{there}], or write to a new table to have none."];
    }

    /// <summary>What is wrong with the partition columns is told at their place in the pipeline file.</summary>
    private void CheckPartition(Schema schema, bool replaces, TableMetadata? metadata, ComponentContext context)
    {
        DataMeshException.CheckEach(Enumerable.Range(0, PartitionBy.Count), i => schema.Require(PartitionBy[i], OptionPlaces.Of(this, nameof(PartitionBy), i)));
        try
        {
            var columns = TableLayout.PlanPartition(metadata, schema, PartitionBy, replaces, TargetPath(context));
            if ((metadata is null || replaces) && columns.Count > 0 && !schema.Names.Except(LeaveOut).Except(columns, StringComparer.OrdinalIgnoreCase).Any())
                throw new DataMeshException("All columns are partition columns.", hint: "leave at least one column out of partition_by");
        }
        catch (DataMeshException error) when (error.Location is null)
        {
            throw new DataMeshException(error.Message, OptionPlaces.Of(this, nameof(PartitionBy)), error.Detail, error.Hint, error);
        }
    }

    private SinkWriter OpenWriter(Schema schema, bool replaces, ComponentContext context, IReadOnlyList<string> retyped)
    {
        lock (_gate)
        {
            var path = TargetPath(context);
            var snapshot = Table(context).Refresh();
            if (snapshot is not null) ProtocolSupport.RequireWritable(snapshot.Protocol, snapshot.Metadata, path);
            TableKey.Require(snapshot?.Metadata, Key, replaces, path);
            var rows = new Schema(schema.Where(field => field.Name != Upsert.DeletionColumn));
            CheckPartition(rows, replaces, snapshot?.Metadata, context);
            var layout = TableLayout.Plan(snapshot?.Metadata, rows, PartitionBy, replaces, path, retyped);
            if (Retain?.Rows is { } old && !(rows.TryGet(old.Column, out var time) && time.Type.Kind == TypeKind.Null)) OldRows.Find(layout.Apply(snapshot?.Metadata ?? TableMetadata.Empty), old.Column);
            DurableFiles.CreateFolder(path);
            var deletions = rows.Count == schema.Count ? null : new DatasetPlan(path, rows, layout, snapshot?.Metadata, long.MaxValue, context.Clock, only: Key);
            return new DatasetWriter(new DatasetPlan(path, rows, layout, snapshot?.Metadata, DataFileBytes, context.Clock) { Deletions = deletions });
        }
    }

    private long DataFileBytes => FileSize?.Bytes ?? Core.Limits.DataFileBytes;

    private static List<AddFile> Deletions(SinkCommit commit) =>
        [.. commit.Output.Files.Where(DeletionFiles.Is).Select(file => new AddFile(DeltaPath.Encode(file.Path), file.Partition, file.Bytes, file.ModifiedMs, DataChange: true, file.Statistics))];

    private DeltaTable Table(ComponentContext context)
    {
        if (Name.Length == 0) throw new DataMeshException("The dataset has no name.");
        return _table ??= DeltaTable.At(TargetPath(context));
    }

    /// <summary>
    /// A prepared epoch can be committed long after it was staged, by another process. Naming a file that was deleted in between would
    /// make the table unreadable for everyone.
    /// </summary>
    private static void RequireStaged(DeltaTable table, SinkCommit commit)
    {
        var missing = commit.Output.Files.FirstOrDefault(file => !File.Exists(System.IO.Path.Combine(table.Path, file.Path)));
        if (missing is null || EpochCommit.LastEpoch(table.Refresh(), commit.AppId).Epoch >= commit.Epoch) return;
        throw new DataMeshException(
            $"Epoch {commit.Epoch} can not be committed to '{table.Path}': a file that it had prepared is gone.", new Location(System.IO.Path.Combine(table.Path, missing.Path)),
            hint: "it was deleted from outside, or by a clean-up with a retention shorter than the epoch waited: delete the prepared record under _datamesh/prepared, and run with --rebuild");
    }
}
