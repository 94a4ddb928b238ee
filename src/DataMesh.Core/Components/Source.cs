using DataMesh.Core.Columns;
using DataMesh.Core.Drift;

namespace DataMesh.Core.Components;

/// <summary>Where rows come from, as declared: the options.</summary>
public abstract class Source
{
    /// <summary>What is wrong with the options by themselves, each with its place if it is known: asked when they were read, before there are any data.</summary>
    public virtual IEnumerable<Errors.DataMeshException> Check() => [];

    /// <summary>Looks at the source: its format and the schema inferred from samples. Throws <see cref="Errors.DataMeshException"/> when it is not there or can not be read.</summary>
    public abstract ValueTask<SourceDescription> DescribeAsync(ComponentContext context, CancellationToken cancellation);

    /// <summary>Lists the splits that exist now, in a stable order.</summary>
    public abstract IAsyncEnumerable<Split> EnumerateAsync(ComponentContext context, CancellationToken cancellation);

    /// <summary>
    /// Whether <paramref name="split"/> as it is now begins with everything that was read of it, up to <paramref name="to"/>, while it had the identity
    /// <paramref name="before"/>: a file that has only grown. What was read stays valid then, and reading goes on at <paramref name="to"/>.
    /// </summary>
    public virtual bool Continues(Split split, string before, long to, ComponentContext context) => false;

    /// <summary>
    /// What stands at the end of what was read of a split, from <paramref name="from"/> up to <paramref name="to"/>, while it had the identity
    /// <paramref name="before"/>, if its last record had no end yet and the split has grown since. Null when that is not so, or can not be told.
    /// </summary>
    public virtual ValueTask<OpenEnd?> FindOpenEndAsync(Split split, string before, long from, long to, ComponentContext context, CancellationToken cancellation) => new((OpenEnd?)null);

    /// <summary>
    /// Whether what was just read of a split, up to <paramref name="to"/>, is still what it holds: false when it was written over in the meantime, so that
    /// old and new content may have been mixed. A split that is gone was read as it was.
    /// </summary>
    public virtual bool StillHolds(string splitId, string identity, long to, ComponentContext context) => true;

    /// <summary>
    /// Whether a split that is as it was when it was read up to <paramref name="to"/> has something behind that now: a last record that was left because
    /// its writer might not have been done with it.
    /// </summary>
    public virtual bool HasMore(Split split, long to, ComponentContext context) => false;

    /// <summary>Types that the pipeline file declares, by column: they are not inferred, and never pinned to what they were.</summary>
    public virtual IReadOnlyDictionary<string, DataType> DeclaredTypes => new Dictionary<string, DataType>();

    /// <summary>The structure of one split as its head shows it, for drift; null when the source can not tell before it reads.</summary>
    public virtual ValueTask<SplitShape?> LookAsync(Split split, ComponentContext context, CancellationToken cancellation) => new((SplitShape?)null);

    /// <summary>Where in a split a position stands, for people. Reads the split again: for single positions only.</summary>
    public virtual ValueTask<SplitPlace> PlaceAsync(Split split, long position, ComponentContext context, CancellationToken cancellation) => new(SplitPlace.Unknown);

    /// <summary>Opens a split for reading from <paramref name="from"/> (a position the same split gave before, or <see cref="Split.Start"/>).</summary>
    public abstract ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation);

    /// <summary>
    /// Opens records that were set aside, to decode them again without their files. What the pipeline file says now goes before what was found in the file
    /// then. Null when the source can not decode such records.
    /// </summary>
    /// <param name="sourceId">Id of the source, for those that are set aside again.</param>
    /// <param name="format">What <see cref="SplitReader.RecordFormat"/> said when they were read first.</param>
    /// <param name="records">The records; asked for as they are needed.</param>
    /// <param name="plan">How to decode.</param>
    public virtual SplitReader? OpenRecords(string sourceId, string format, IEnumerable<KeptRecord> records, DecodePlan plan) => null;
}

/// <summary>What a look at a source found.</summary>
/// <param name="Schema">The schema inferred from samples.</param>
/// <param name="Facts">What was detected, for people: format, delimiter, encoding, compression and so on.</param>
/// <param name="Bytes">Bytes to read in all, or -1 when unknown.</param>
public sealed record SourceDescription(Schema Schema, IReadOnlyDictionary<string, string> Facts, long Bytes)
{
    /// <summary>Whether the source is there and holds nothing from which its columns could be known.</summary>
    public bool IsEmpty { get; init; }
}

/// <summary>A part of a source that is read by one reader: a file, a byte range.</summary>
/// <param name="Id">Unique and stable inside the source.</param>
/// <param name="Name">The file, for people.</param>
/// <param name="Start">First position.</param>
/// <param name="End">Position after the last record, or -1 for the end of the file.</param>
/// <param name="Bytes">Bytes on disk, for progress and planning.</param>
/// <param name="Identity">What tells this content from another under the same name: size, time of change, hash of the head.</param>
public sealed record Split(string Id, string Name, long Start, long End, long Bytes, string Identity)
{
    /// <summary>Whether more may be written to it: a last record that has no end yet is left for later.</summary>
    public bool MayGrow { get; init; }
}

/// <summary>The end of what was read of a split that has grown since, where its last record had no line end yet.</summary>
/// <param name="OpenRecord">Where the record begins that had no end: before <paramref name="LastRecord"/> where a quote was open over several lines.</param>
/// <param name="LastRecord">Where the last record begins that was read.</param>
/// <param name="LineEndBytes">Bytes of the line end that stands there now; 0 when the record goes on.</param>
public sealed record OpenEnd(long OpenRecord, long LastRecord, int LineEndBytes);

/// <summary>How a reader should decode.</summary>
/// <param name="Schema">The predicted schema of the source, or the pinned one of the table.</param>
/// <param name="Widening">
/// True before a table's first commit: a value that disagrees with the prediction is reported as a widening. False: the record is bad (misfit).
/// </param>
/// <param name="Columns">Indices into <paramref name="Schema"/> of the columns to decode, ascending; null for all. Batches carry only these.</param>
public sealed record DecodePlan(Schema Schema, bool Widening, int[]? Columns = null)
{
    private Schema? _output;

    /// <summary>A copy for <c>with</c>: the output is not taken over, because it follows from what may change.</summary>
    private DecodePlan(DecodePlan original) =>
        (Schema, Widening, Columns, Fixed, Takes) = (original.Schema, original.Widening, original.Columns, original.Fixed, original.Takes);

    /// <summary>Columns whose type does not widen although others do: a value that disagrees is a misfit.</summary>
    public IReadOnlySet<string>? Fixed { get; init; }

    /// <summary>
    /// Whether a column that the plan does not know is to be reported as a widening, so that the epoch starts again with it. Null: while types widen,
    /// every column is. A column that is not is left out of the rows and reported as unknown.
    /// </summary>
    public Func<string, bool>? Takes { get; init; }

    /// <summary>The schema of the batches that come out.</summary>
    public Schema Output => _output ??= Columns is null ? Schema : new Schema(Columns.Select(i => Schema[i]));

    /// <summary>Whether a column that the plan does not know calls for another plan.</summary>
    public bool TakesColumn(string name) => Takes?.Invoke(name) ?? Widening;

    /// <summary>Whether a value that disagrees with a column's type is a misfit although types still widen.</summary>
    public bool IsFixed(string name) => Fixed?.Contains(name) == true;
}

/// <summary>Reads one split: hands out raw blocks in order (one caller at a time) and makes decoders that work on any core.</summary>
public abstract class SplitReader : IAsyncDisposable
{
    /// <summary>The next block in order, or null at the end of the split. The caller owns it.</summary>
    public abstract ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation);

    /// <summary>A decoder for one core.</summary>
    public abstract BlockDecoder CreateDecoder();

    /// <summary>Bytes taken from disk so far, for progress.</summary>
    public abstract long BytesRead { get; }

    /// <summary>What is needed to decode one record of this split without its file (dialect, header), as JSON; null when a record can not be decoded alone.</summary>
    public virtual string? RecordFormat => null;

    /// <summary>
    /// Reads texts of a column as dates or times the way that the split writes them; null when it writes them in ISO 8601 and UTC. Texts that are none are
    /// null in the result, and marked in <paramref name="failed"/>, which the caller owns and which is null when there are none.
    /// </summary>
    public virtual Column? ReadTimes(VarColumn texts, string column, DataType type, out Bitmap? failed)
    {
        failed = null;
        return null;
    }

    /// <summary>A counter of lines that outlives the reader; null where positions are not in lines of text.</summary>
    public virtual LineCounter? CountLines() => null;

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Turns blocks into batches on one core. Not thread-safe; may keep state (dictionaries) from block to block that does not change results.</summary>
public abstract class BlockDecoder
{
    /// <summary>Decodes a block. The block stays the caller's; batches that carry an origin share it.</summary>
    public abstract void Decode(SourceBlock block, DecodeOutput output);
}

/// <summary>Where a decoder puts its results.</summary>
public abstract class DecodeOutput
{
    /// <summary>Whether batches should carry a <see cref="RowOrigin"/> because some later stage can fail a row.</summary>
    public abstract bool NeedsOrigin { get; }

    /// <summary>Passes a decoded batch on, in the order of its records.</summary>
    public abstract void Emit(RecordBatch batch);

    /// <summary>Sets a record aside that could not be decoded. Copies the bytes (up to <see cref="Limits.QuarantineBytesKeptMax"/>).</summary>
    public abstract void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail);

    /// <summary>Sets a record aside of which one value does not fit the type that its column has.</summary>
    public virtual void Misfit(ReadOnlySpan<byte> record, long position, in MisfitValue value, string detail) =>
        Bad(record, position, QuarantineReasons.Misfit, detail);

    /// <summary>
    /// Reports that a value disagrees with the predicted type: the run starts again from the last commit with the wider type.
    /// The decoder should go on to the end of the block so that all disagreements in it are reported together, and then emit nothing.
    /// A column that the plan does not know at all is reported with its type (JSON files whose later records have new members).
    /// </summary>
    public abstract void Widen(string column, DataType type);

    /// <summary>
    /// Reports members that a pinned plan has no column for (JSON records with new members): they are left out of the rows, and the change is
    /// structural drift (<c>column_added</c>). Called once per block and column.
    /// </summary>
    /// <param name="column">The name that the column would have.</param>
    /// <param name="type">The type that its values ask for.</param>
    /// <param name="count">Values left out in this block.</param>
    /// <param name="firstPosition">Position of the first record that had one.</param>
    public virtual void UnknownColumn(string column, DataType type, long count, long firstPosition)
    {
    }
}

/// <summary>A value that does not fit its column.</summary>
/// <param name="Column">The column.</param>
/// <param name="Expected">The type that the column has.</param>
/// <param name="Found">The type that the value asks for.</param>
/// <param name="Shown">The value, cut.</param>
public readonly record struct MisfitValue(string Column, DataType Expected, DataType Found, string Shown);
