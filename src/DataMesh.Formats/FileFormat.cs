using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats;

/// <summary>
/// A file format: finds itself in the head of a file, says what schema it sees, and opens readers.
/// Implementations: CSV/TSV, JSON (NDJSON, array, document), log lines, Parquet.
/// </summary>
public abstract class FileFormat
{
    /// <summary>The word for <c>format:</c> in a pipeline file.</summary>
    public abstract string Name { get; }

    /// <summary>How sure the format is that the head is its own: 0 (not at all) to 1 (a magic number).</summary>
    public abstract double Recognise(FileHead head);

    /// <summary>Finds the dialect and infers a schema from the head. Throws <see cref="Core.Errors.DataMeshException"/> when it can not be read.</summary>
    public abstract FormatDescription Describe(FileHead head, FormatOptions options);

    /// <summary>Opens a reader over a split of a file that was described before.</summary>
    public abstract ValueTask<SplitReader> OpenAsync(FileToOpen file, FormatDescription description, DecodePlan plan, CancellationToken cancellation);

    /// <summary>
    /// Opens records that were set aside and kept. <paramref name="kept"/> is what the reader of their file gave as <see cref="SplitReader.RecordFormat"/>;
    /// <paramref name="options"/> are the user's as they are now. Null when the format can not decode a record alone.
    /// </summary>
    public virtual SplitReader? OpenRecords(KeptRecords kept, FormatOptions options, DecodePlan plan) => null;
}

/// <summary>Records that were kept, of one source and one format.</summary>
/// <param name="SourceId">Id of the source.</param>
/// <param name="Format">What their reader said of the format.</param>
/// <param name="Json">The same, parsed.</param>
/// <param name="Records">The records.</param>
public sealed record KeptRecords(string SourceId, string Format, System.Text.Json.Nodes.JsonObject Json, IEnumerable<KeptRecord> Records);

/// <summary>The head of a file, up to <see cref="Core.Limits.SampleBytes"/>.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Bytes">For text: decompressed, transcoded to UTF-8, without a byte order mark. For binary formats: the raw head.</param>
/// <param name="IsWhole">Whether this is the whole file.</param>
/// <param name="Text">How the file's bytes become text.</param>
public sealed record FileHead(string Path, ReadOnlyMemory<byte> Bytes, bool IsWhole, TextEncoding Text)
{
    /// <summary>Pieces from further inside a large plain file, which begin and end anywhere: they let inference see values that come late.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Samples { get; init; } = [];
}

/// <summary>How a file's bytes become UTF-8 text.</summary>
/// <param name="Compression"><c>none</c>, <c>gzip</c> or <c>brotli</c>.</param>
/// <param name="Encoding"><c>utf-8</c>, <c>utf-16le</c>, <c>utf-16be</c> or <c>latin-1</c>.</param>
/// <param name="HasByteOrderMark">Whether a byte order mark is to be skipped.</param>
public sealed record TextEncoding(string Compression = "none", string Encoding = "utf-8", bool HasByteOrderMark = false)
{
    /// <summary>True when blocks can be read from the file as they are, at any offset.</summary>
    public bool IsPlain => Compression == "none" && Encoding == "utf-8";
}

/// <summary>What the user declared about a file's format; null means: find out.</summary>
public sealed record FormatOptions
{
    /// <summary>Field delimiter of CSV, one ASCII character.</summary>
    public char? Delimiter { get; init; }
    /// <summary>Quote character of CSV; '\0' for none.</summary>
    public char? Quote { get; init; }
    /// <summary>Whether the first CSV record holds the column names.</summary>
    public bool? Header { get; init; }
    /// <summary>False promises that no quoted field holds a newline.</summary>
    public bool QuotedNewlines { get; init; } = true;
    /// <summary>Lines to skip before the header.</summary>
    public int SkipLines { get; init; }
    /// <summary>Lines that begin with this text are skipped.</summary>
    public string? Comment { get; init; }
    /// <summary>Texts that mean null, besides the empty unquoted field.</summary>
    public IReadOnlyList<string> NullValues { get; init; } = [];
    /// <summary>Path to the records of a JSON document, such as <c>$.features[*]</c>.</summary>
    public string? RecordPath { get; init; }
    /// <summary>Name or text of a log line pattern.</summary>
    public string? Pattern { get; init; }
    /// <summary>IANA time zone in which times without a zone are read; UTC by default.</summary>
    public string TimeZone { get; init; } = "UTC";
    /// <summary>Declared types of columns by name; they are not inferred.</summary>
    public IReadOnlyDictionary<string, DataType> Types { get; init; } = new Dictionary<string, DataType>();
}

/// <summary>A described file: its format with the dialect found, and the schema inferred.</summary>
/// <param name="Format">The format.</param>
/// <param name="Schema">Columns in file order.</param>
/// <param name="Dialect">What the format needs to read the file; its own type.</param>
/// <param name="Text">How the file's bytes become text.</param>
/// <param name="Facts">What was detected, for people.</param>
public sealed record FormatDescription(FileFormat Format, Schema Schema, object Dialect, TextEncoding Text, IReadOnlyDictionary<string, string> Facts)
{
    /// <summary>The byte that ends every record, so that a file can be continued by writing more of them behind; -1 where files are written whole.</summary>
    public int RecordEnd { get; init; } = -1;

    /// <summary>Whether records name their values, so that one may have what no other has: a name that was not seen may still be there.</summary>
    public bool MembersVary { get; init; }

    /// <summary>Whether the whole file was seen and holds no record.</summary>
    public bool HoldsNothing { get; init; }
}

/// <summary>A split of a file to be opened.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Split">The split.</param>
/// <param name="From">Position to begin at: <see cref="Split.Start"/> or the end of a block read before.</param>
/// <param name="BlockBytes">Size of the blocks to hand out, in bytes; 1 for a block to every record.</param>
public sealed record FileToOpen(string Path, Split Split, long From, int BlockBytes);
