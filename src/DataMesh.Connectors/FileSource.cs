using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using DataMesh.Connectors.Files;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Errors;
using DataMesh.Formats;

namespace DataMesh.Connectors;

/// <summary>Reads files of any supported format.</summary>
[Component("file", ComponentKind.Source, "Reads files: CSV, JSON, log lines or Parquet, with format, dialect, encoding, compression and types found by content.", Details = """
    `path` names a file, a folder or a pattern (`*` and `?` inside a name, `**` through folders, `[a-z]`, `{a,b}`), or is a list of these.
    Files may differ in columns and their order: each is described by itself, columns are matched by name, and those that a file does not have are null.

    Types are inferred from the head of the files and from samples further inside. Digits with a leading zero stay text, integers that a float64
    can not hold exactly too. What the inference gets wrong can be declared with `types`.

    Log lines of the form `logfmt` name their values: `level=info msg="it works" ms=5 cached`. Their columns are found as in NDJSON, also those that come late;
    values in quotes are text, with the escapes of JSON; an empty value and `-` are null, a key without a value is true. Lines without any `key=value`, or with a
    quote that is not closed, are set aside.
    """)]
public sealed class FileSource : Source
{
    /// <summary>A larger file is not taken for an empty one before it is read: an empty list, a header of compression and blank lines are small.</summary>
    private const int EmptyFileBytesMax = 4096;

    private readonly ConcurrentDictionary<string, (string Identity, FormatDescription? Description, bool IsWhole)> _described = new();

    /// <summary>The files.</summary>
    [Option("File, folder or pattern (`*`, `?`, `**`, `[a-z]`, `{a,b}`), or a list of these, from the pipeline file's folder.", Required = true, Shorthand = true)]
    public IReadOnlyList<string> Path { get; set; } = [];

    /// <summary>The format.</summary>
    [Option("The format. By default found by content.")]
    public FileFormatName Format { get; set; } = FileFormatName.Auto;

    /// <summary>The delimiter of CSV.</summary>
    [Option("Delimiter of CSV: one character or `tab`. By default found by content.")]
    public string? Delimiter { get; set; }

    /// <summary>The quote of CSV.</summary>
    [Option("Quote character of CSV, or `none`. By default found by content.")]
    public string? Quote { get; set; }

    /// <summary>Whether there is a header.</summary>
    [Option("Whether the first CSV record holds the column names. By default found by content.")]
    public bool? Header { get; set; }

    /// <summary>The encoding.</summary>
    [Option("Encoding of text: `utf-8`, `utf-16le`, `utf-16be` or `latin-1` (read as Windows-1252). By default found by content.")]
    public string? Encoding { get; set; }

    /// <summary>The compression.</summary>
    [Option("Compression. By default found by content.")]
    public FileCompression Compression { get; set; } = FileCompression.Auto;

    /// <summary>Texts that mean null.</summary>
    [Option("Unquoted texts that mean null in CSV, besides the empty field: `[NA, '-']`. By default none.")]
    public IReadOnlyList<string> NullValues { get; set; } = [];

    /// <summary>Lines to skip.</summary>
    [Option("Lines to skip before the CSV header. By default titles above the table are found by content.")]
    public int SkipLines { get; set; }

    /// <summary>Comment lines.</summary>
    [Option("CSV lines that begin with this text are skipped.")]
    public string? Comment { get; set; }

    /// <summary>Where records stand in a JSON document.</summary>
    [Option("Path to the records of a JSON document, such as `$.features[*]`. By default found by content.")]
    public string? RecordPath { get; set; }

    /// <summary>The form of log lines.</summary>
    [Option("Form of log lines: a named one (`common`, `combined`, `syslog`, `syslog5424`, `logfmt`), a pattern such as `%{IP:client} %{WORD:method}`, or a regular expression with named groups.")]
    public string? Pattern { get; set; }

    /// <summary>The zone of times without one.</summary>
    [Option("IANA time zone in which times without a zone are read. By default UTC.")]
    public string Timezone { get; set; } = "UTC";

    /// <summary>Whether quoted fields may hold line ends.</summary>
    [Option("`false` promises that no quoted CSV field holds a line end. By default `true`.")]
    public bool QuotedNewlines { get; set; } = true;

    /// <summary>Declared types.</summary>
    [Option("Types of columns that are not to be inferred: `{zip: string, price: 'decimal(10,2)'}`.")]
    public OrderedMap<DataType> Types { get; set; } = [];

    /// <inheritdoc/>
    public override IEnumerable<DataMeshException> Check() => FileSourceCheck.Run(this);

    /// <inheritdoc/>
    public override ValueTask<SourceDescription> DescribeAsync(ComponentContext context, CancellationToken cancellation)
    {
        var files = FileFinder.Find(Path, context.Resolve);
        var looked = FileSchemas.Sample(files);
        var descriptions = new List<FormatDescription>();
        foreach (var file in looked)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Describe(file) is { } description) descriptions.Add(description);
        }

        if (descriptions.Count == 0) return new ValueTask<SourceDescription>(FileSchemas.Nothing(files));
        var schema = FileSchemas.Union(descriptions.Select(each => each.Schema));
        if (looked.Count == files.Count) RequireDeclared(schema);
        return new ValueTask<SourceDescription>(new SourceDescription(schema, FileSchemas.Facts(descriptions, files.Count), files.Sum(each => new FileInfo(each).Length)));
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Split> EnumerateAsync(ComponentContext context, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var path in FileFinder.Find(Path, context.Resolve, mayBeNone: context.Repeats))
        {
            cancellation.ThrowIfCancellationRequested();
            var file = new FileInfo(path);
            if (file.Length <= EmptyFileBytesMax && Describe(path) is null) continue;
            var id = System.IO.Path.GetRelativePath(context.BaseFolder, path).Replace('\\', '/');
            yield return new Split(id, id, 0, -1, file.Length, IdentityOf(file)) { MayGrow = context.Repeats && GrowingFiles.MayGrow(file, context.Clock) && Describe(path) is { RecordEnd: >= 0, Text.IsPlain: true } };
        }
    }

    /// <inheritdoc/>
    public override bool Continues(Split split, string before, long to, ComponentContext context)
    {
        var path = context.Resolve(split.Id);
        return FileIdentity.HasGrownFrom(before, path) && Describe(path) is { } description && GrowingFiles.IsRecordEnd(path, description, to);
    }

    /// <inheritdoc/>
    public override async ValueTask<OpenEnd?> FindOpenEndAsync(Split split, string before, long from, long to, ComponentContext context, CancellationToken cancellation)
    {
        var path = context.Resolve(split.Id);
        if (!FileIdentity.HasGrownFrom(before, path) || Describe(path) is not { RecordEnd: >= 0, Text.IsPlain: true } description) return null;
        return GrowingFiles.IsRecordEnd(path, description, to) ? null : await OpenEnds.FindAsync(path, split, description, from, to, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override bool StillHolds(string splitId, string identity, long to, ComponentContext context)
    {
        var path = context.Resolve(splitId);
        try
        {
            var file = new FileInfo(path);
            return !file.Exists || FileIdentity.Of(file) == identity
                || (FileIdentity.HasGrownFrom(identity, path) && Describe(path) is { RecordEnd: >= 0, Text.IsPlain: true });
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public override bool HasMore(Split split, long to, ComponentContext context)
    {
        // Asked of every file that was ever read, at every start: only one with bytes behind the position is worth a look inside.
        if (split.MayGrow || to >= split.Bytes) return false;
        return Describe(context.Resolve(split.Id)) is { RecordEnd: >= 0 } description && GrowingFiles.End(split.Bytes, description) > to;
    }

    /// <inheritdoc/>
    public override ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation)
    {
        var path = context.Resolve(split.Id);
        return Describe(path) is { } description
            ? description.Format.OpenAsync(new FileToOpen(path, split, from, context.BlockBytes), description, plan, cancellation)
            : new ValueTask<SplitReader>(new EmptySplitReader());
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, DataType> DeclaredTypes => FileFormatOptions.Of(this).Types;

    /// <inheritdoc/>
    public override ValueTask<SplitShape?> LookAsync(Split split, ComponentContext context, CancellationToken cancellation) =>
        new(Describe(context.Resolve(split.Id)) is { } description ? FilePlaces.ShapeOf(description, _described[context.Resolve(split.Id)].IsWhole) : null);

    /// <inheritdoc/>
    public override async ValueTask<SplitPlace> PlaceAsync(Split split, long position, ComponentContext context, CancellationToken cancellation)
    {
        var path = context.Resolve(split.Id);
        return Describe(path) is { } description ? await FilePlaces.FindAsync(path, description, position, cancellation).ConfigureAwait(false) : SplitPlace.Unknown;
    }

    /// <inheritdoc/>
    public override SplitReader? OpenRecords(string sourceId, string format, IEnumerable<KeptRecord> records, DecodePlan plan)
    {
        if (JsonNode.Parse(format) is not JsonObject json || json["format"]?.GetValue<string>() is not { } name) return null;
        return FileFormats.All.FirstOrDefault(each => each.Name == name)?.OpenRecords(new KeptRecords(sourceId, format, json, records), FileFormatOptions.Of(this), plan);
    }

    /// <summary>Describes one file by itself, once while it stays the same; null when it holds nothing.</summary>
    private FormatDescription? Describe(string path)
    {
        var file = new FileInfo(path);
        if (file.Exists && file.Length == 0) return null;
        var identity = IdentityOf(file);
        if (_described.TryGetValue(path, out var known) && known.Identity == identity) return known.Description;
        var head = FileSamples.Read(path, FileFormatOptions.Encoding(this), FileFormatOptions.Compression(this));
        var declared = Format == FileFormatName.Auto && Pattern is not null ? FileFormatName.Log : Format;
        var description = IsBlank(head) ? null : FileFormats.Choose(head, declared).Describe(head, FileFormatOptions.Of(this));
        if (description is { HoldsNothing: true, Schema.Count: 0 }) description = null;
        _described[path] = (identity, description, head.IsWhole);
        return description;
    }

    /// <summary>Nothing but white space and line ends.</summary>
    private static bool IsBlank(FileHead head) => head.IsWhole && !head.Bytes.Span.ContainsAnyExcept(" \t\r\n"u8);

    private static string IdentityOf(FileInfo file)
    {
        try
        {
            return FileIdentity.Of(file);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new DataMeshException("The file can not be read: permission denied.", new Location(file.FullName), hint: $"let this user read it: chmod +r '{file.FullName}'", cause: cause);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataMeshException("The file does not exist any more.", new Location(file.FullName), cause: gone) { MayPass = true };
        }
        catch (IOException cause)
        {
            throw new DataMeshException("The file can not be read.", new Location(file.FullName), cause.Message, cause: cause);
        }
    }

    private void RequireDeclared(Schema schema)
    {
        foreach (var entry in Types.Where(entry => schema.IndexOf(entry.Key) < 0))
            throw new DataMeshException($"'types' names the column '{entry.Key}', which the files do not have.", entry.Location, hint: Nearest.Hint(entry.Key, [.. schema.Names]));
    }
}
