using DataMesh.Connectors.Datasets;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.TextRows;

namespace DataMesh.Connectors;

/// <summary>A CSV or NDJSON file.</summary>
[Component("file", ComponentKind.Sink, "A CSV or NDJSON file, plain or gzip.", Details = """
    Rows are staged in a hidden file beside the target and become part of it when the epoch commits; what was committed stands in
    `_datamesh/<file>/commit.json` beside it, so that a repeated commit changes nothing: every row arrives exactly once.
    `overwrite` replaces the file in one step: a reader sees the old file or the new one. `append` adds to it: a reader may meet the
    end of the file while it grows, and after a crash the next start removes what was added half. A path with `{epoch}` makes a new file
    for each commit instead.

    While the first run of a pipeline that appends has not come to its end, types may still widen: the run then starts over, and replaces in one step what
    it has put into the file so far. When the file was there before, or the path has `{epoch}`, that run commits once, at the end of its input,
    whatever `epoch` says: what is in such files can not be taken back. Later runs commit epoch by epoch and replace nothing.

    In CSV a null is an empty field and an empty text is `""`. In NDJSON doubles that are no numbers become null.
    """)]
public sealed class FileSink : Sink
{
    /// <summary>The part of a path that stands for the number of the epoch.</summary>
    internal const string EpochMark = "{epoch}";

    /// <summary>The file.</summary>
    [Option("The file, from the pipeline file's folder. `{epoch}` in its name gives each commit a file of its own: out-{epoch}.csv.", Required = true, Shorthand = true)]
    public string Path { get; set; } = "";

    /// <summary>The format.</summary>
    [Option("`csv` or `ndjson`. By default what the name's ending says (.csv, .tsv, .ndjson, .jsonl).")]
    public FileSinkFormat? Format { get; set; }

    /// <summary>Field delimiter.</summary>
    [Option("Delimiter of CSV fields, one ASCII character. By default a comma, a tab for .tsv.")]
    public char? Delimiter { get; set; }

    /// <summary>Header line.</summary>
    [Option("Whether CSV begins with the column names. By default true.")]
    public bool Header { get; set; } = true;

    /// <summary>Compression.</summary>
    [Option("`none` or `gzip`. By default gzip for names that end in .gz.")]
    public FileSinkCompression? Compression { get; set; }

    /// <summary>What happens to rows that are there.</summary>
    [Option("`overwrite` replaces the file with what this run writes; `append` adds to it. By default `overwrite`, with {epoch} in the path `append`.")]
    public WriteMode? Mode { get; set; }

    /// <inheritdoc/>
    public override DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

    /// <inheritdoc/>
    public override bool Replaces => (Mode ?? (IsNumbered ? WriteMode.Append : WriteMode.Overwrite)) == WriteMode.Overwrite;

    /// <summary>A file that the run itself began can be replaced as a whole.</summary>
    public override bool CanStartOver => !IsNumbered;

    /// <inheritdoc/>
    public override bool TakesNewColumns => Style() is not CsvRowStyle || IsNumbered;

    /// <inheritdoc/>
    public override string TargetName => System.IO.Path.GetFileName(Path);

    internal bool IsGzip => (Compression ?? (Path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? FileSinkCompression.Gzip : FileSinkCompression.None)) == FileSinkCompression.Gzip;

    private bool IsNumbered => Path.Contains(EpochMark, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string TargetPath(ComponentContext context) => context.Resolve(Path);

    /// <inheritdoc/>
    public override string SideFolder(ComponentContext context, string name)
    {
        var target = TargetPath(context);
        return System.IO.Path.Combine(System.IO.Path.GetDirectoryName(target)!, name, System.IO.Path.GetFileName(target));
    }

    /// <inheritdoc/>
    public override ValueTask<TargetState> ReadStateAsync(string appId, ComponentContext context, CancellationToken cancellation)
    {
        var state = FileSinkState.Read(StatePath(context));
        if (state is null) return ValueTask.FromResult(new TargetState(-1, null, -1, null, null) { HoldsOtherRows = HoldsBytes(TargetPath(context)) });
        var last = state.Apps.GetValueOrDefault(appId);
        return ValueTask.FromResult(new TargetState(state.Version, state.ToSchema(), last?.Epoch ?? -1, last?.PreparedId, last?.Domain));
    }

    /// <inheritdoc/>
    public override ValueTask<SinkWriter> OpenWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation)
    {
        Check();
        var state = FileSinkState.Read(StatePath(context));
        if (!Replaces && !IsNumbered && state is not null && Style() is CsvRowStyle) RequireSameColumns(state.ToSchema(), schema, context);
        return OpenReplacingWriterAsync(schema, context, cancellation);
    }

    /// <inheritdoc/>
    public override ValueTask<SinkWriter> OpenReplacingWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation)
    {
        Check();
        return ValueTask.FromResult<SinkWriter>(new FileSinkWriter(new StagedTexts(TargetPath(context), context), schema, Style(), IsGzip, context.Clock));
    }

    /// <inheritdoc/>
    public override ValueTask<long> CommitAsync(SinkCommit commit, ComponentContext context, CancellationToken cancellation) =>
        new FileSinkCommit(this, TargetPath(context), StatePath(context), context.Clock).RunAsync(commit, cancellation);

    /// <inheritdoc/>
    public override void Claim(StagedOutput staged, long epoch, ComponentContext context) => new StagedTexts(TargetPath(context), context).Claim(staged, epoch);

    /// <inheritdoc/>
    public override void Discard(StagedOutput staged, ComponentContext context)
    {
        foreach (var file in staged.Files) StagedTexts.Delete(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(TargetPath(context))!, file.Path));
    }

    /// <inheritdoc/>
    public override void CleanUp(long committed, ComponentContext context) => new StagedTexts(TargetPath(context), context).CleanUp(committed);

    private static bool HoldsBytes(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };

    internal RowStyle Style()
    {
        var name = Path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Path[..^3] : Path;
        var isTabs = name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);
        var format = Format ?? (isTabs || name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? FileSinkFormat.Csv
            : name.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? FileSinkFormat.Ndjson
            : throw new DataMeshException($"The name '{Path}' does not say which format the file has.", hint: "add format: csv or format: ndjson"));
        return format == FileSinkFormat.Csv ? new CsvRowStyle(Delimiter ?? (isTabs ? '\t' : ','), Header) : new JsonRowStyle();
    }

    private void Check()
    {
        if (Path.Length == 0) throw new DataMeshException("The file sink has no path.");
        if (IsNumbered && Replaces) throw new DataMeshException("A path with {epoch} makes new files and can not overwrite.", hint: "remove mode: overwrite");
        if (Delimiter is { } delimiter && (delimiter >= 128 || delimiter is '"' or '\n' or '\r'))
            throw new DataMeshException($"'{delimiter}' can not be a delimiter.", hint: "use one ASCII character that is neither a quote nor a line end");
    }

    private static void RequireSameColumns(Schema before, Schema now, ComponentContext context)
    {
        if (before.Names.SequenceEqual(now.Names)) return;
        throw new DataMeshException(
            "The rows have other columns than the CSV file that they are to be appended to.",
            detail: $"the file has {string.Join(", ", before.Names)}; the rows have {string.Join(", ", now.Names)}",
            hint: $"add a select stage to pipeline '{context.Pipeline}', or use mode: overwrite or format: ndjson");
    }

    private string StatePath(ComponentContext context) => System.IO.Path.Combine(SideFolder(context, "_datamesh"), "commit.json");
}

/// <summary>Formats of the file sink.</summary>
public enum FileSinkFormat
{
    /// <summary>Comma-separated values.</summary>
    Csv,
    /// <summary>One JSON object a line.</summary>
    Ndjson,
}

/// <summary>Compressions of the file sink.</summary>
public enum FileSinkCompression
{
    /// <summary>Text as it is.</summary>
    None,
    /// <summary>Gzip, one member for each piece of rows.</summary>
    Gzip,
}
