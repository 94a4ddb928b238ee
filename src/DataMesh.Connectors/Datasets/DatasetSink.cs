using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets;

/// <summary>A Delta Lake table of Parquet files.</summary>
[Component("dataset", ComponentKind.Sink, "A Delta Lake table of Parquet files that any engine can read.", Details = """
    The table is created with the first commit. Later rows may bring new columns and nulls; the type of a column never changes.
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
    [Option("`append` adds rows to what is there; `overwrite` replaces it with what this run writes. By default `append`.")]
    public WriteMode Mode { get; set; } = WriteMode.Append;

    /// <summary>What the table holds.</summary>
    [Option("What the table holds, for the people who find it. Stored in a new table's metadata.")]
    public string? Description { get; set; }

    /// <summary>Table properties.</summary>
    [Option("Delta table properties for a new table, such as `delta.deletedFileRetentionDuration: interval 30 days`.")]
    public OrderedMap<string> Properties { get; set; } = [];

    /// <summary>Size of data files.</summary>
    [Option("A data file is closed when it has grown past this size. By default 256MB.")]
    public ByteCount? FileSize { get; set; }

    /// <inheritdoc/>
    public override DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

    /// <inheritdoc/>
    public override bool Replaces => Mode == WriteMode.Overwrite;

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
            return ValueTask.FromResult(new TargetState(snapshot?.Version ?? -1, snapshot?.Schema, epoch, preparedId, domain));
        }
    }

    /// <inheritdoc/>
    public override ValueTask<SinkWriter> OpenWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(OpenWriter(schema, Replaces, context));

    /// <inheritdoc/>
    public override ValueTask<SinkWriter> OpenReplacingWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(OpenWriter(schema, replaces: true, context));

    /// <inheritdoc/>
    public override ValueTask<long> CommitAsync(SinkCommit commit, ComponentContext context, CancellationToken cancellation)
    {
        var options = new TableOptions
        {
            Name = Name,
            Description = Description,
            PartitionBy = PartitionBy,
            Properties = Properties.ToDictionary(each => each.Key, each => each.Value, StringComparer.Ordinal),
        };
        lock (_gate)
        {
            var table = Table(context);
            RequireStaged(table, commit);
            return ValueTask.FromResult(EpochCommit.Run(table, commit, options, cancellation));
        }
    }

    private SinkWriter OpenWriter(Schema schema, bool replaces, ComponentContext context)
    {
        lock (_gate)
        {
            var path = TargetPath(context);
            var snapshot = Table(context).Refresh();
            if (snapshot is not null) ProtocolSupport.RequireWritable(snapshot.Protocol, snapshot.Metadata, path);
            var layout = TableLayout.Plan(snapshot?.Metadata, schema, PartitionBy, replaces, path);
            DurableFiles.CreateFolder(path);
            var plan = new DatasetPlan(path, schema, layout, snapshot?.Metadata, FileSize?.Bytes ?? Core.Limits.DataFileBytes, context.Clock);
            return new DatasetWriter(plan);
        }
    }

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
