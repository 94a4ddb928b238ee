using System.Text;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.Formats.Parquet;

namespace DataMesh.DataPlane.Quarantine;

/// <summary>
/// Writes the bad records of one epoch as a Parquet part. The part is named in the epoch's manifest and counts only from then on.
/// No file is made while nothing is bad.
/// </summary>
public sealed class QuarantineWriter(string folder, string pipeline, string version, long epoch, TimeProvider clock, IReadOnlyList<string> nodes)
    : IQuarantine, IAsyncDisposable
{
    /// <summary>The word in column <c>form</c> for records that are decoded again.</summary>
    public const string SourceForm = "source";

    /// <summary>The word in column <c>form</c> for rows that come back at the stage that refused them.</summary>
    public const string RowForm = "row";

    private const int PendingBytesMax = 4 << 20;

    private readonly Dictionary<string, long> _reasons = [];
    private readonly string _name = $"part-{Guid.NewGuid():N}.snappy.parquet";
    private readonly HashSet<IAsyncDisposable> _forms = [];
    private List<(BadRecord Record, RecordPlace? Place)> _pending = [];
    private long _pendingBytes;
    private FileStream? _stream;
    private ParquetFileWriter? _writer;
    private RowGroupEncoder? _encoder;
    private bool _staged;

    /// <summary>The columns of every quarantine part.</summary>
    public static Schema Schema { get; } = new(
    [
        new Field("record", DataType.Binary, false), new Field("is_whole", DataType.Bool, false), new Field("reason", DataType.String, false),
        new Field("rule", DataType.String), new Field("detail", DataType.String), new Field("stage", DataType.String, false),
        new Field("source", DataType.String), new Field("position", DataType.Int64), new Field("pipeline", DataType.String, false),
        new Field("pipeline_version", DataType.String, false), new Field("epoch", DataType.Int64, false), new Field("at", DataType.Timestamp, false),
        new Field("form", DataType.String, false), new Field("row", DataType.String), new Field("format", DataType.String),
        new Field("source_id", DataType.String), new Field("line", DataType.Int64),
    ]);

    /// <summary>Records set aside by reason.</summary>
    public IReadOnlyDictionary<string, long> Reasons => _reasons;

    /// <summary>Takes the count of records set aside by reason, rule and id of the stage; null when nobody asks for it.</summary>
    public Dictionary<(string Reason, string? Rule, string Stage), long>? Causes { get; init; }

    /// <summary>Whether records are counted and nothing of them is kept.</summary>
    public bool OnlyCounts { get; init; }

    /// <inheritdoc/>
    public async ValueTask AddAsync(IReadOnlyList<BadRecord> records, CancellationToken cancellation)
    {
        foreach (var record in records)
        {
            _reasons[record.Reason] = _reasons.GetValueOrDefault(record.Reason) + 1;
            if (Causes is not null) Count(Causes, record);
            if (OnlyCounts) continue;
            _pending.Add((record, await PlaceOfAsync(record, cancellation)));
            _pendingBytes += record.Bytes.Length + (record.Row?.Length ?? 0) + 200;
            if (_pendingBytes >= PendingBytesMax) Write();
        }
    }

    /// <summary>Closes and syncs the part; null when there was nothing bad. Rows and bytes are the file's.</summary>
    public async ValueTask<(string File, long Rows, long Bytes)?> StageAsync(CancellationToken cancellation)
    {
        if (_pending.Count > 0) Write();
        if (_writer is null) return null;
        var facts = _writer.Finish();
        await _stream!.FlushAsync(cancellation);
        _stream.Flush(flushToDisk: true);
        await _stream.DisposeAsync();
        DurableFiles.FlushFolder(folder);
        _staged = true;
        return (_name, facts.Rows, facts.Bytes);
    }

    /// <summary>Deletes a part that was staged: its epoch ends without having been prepared.</summary>
    public void Discard()
    {
        if (_stream is not null) File.Delete(Path.Combine(folder, _name));
    }

    /// <summary>Deletes a part that was not staged.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var form in _forms) await form.DisposeAsync();
        if (_stream is null || _staged) return;
        try
        {
            await _stream.DisposeAsync();
        }
        catch (Exception error) when (error is IOException || StorageError.Explain(error) is not null)
        {
            // What is still buffered does not fit on a full disk either; it is not wanted any more.
        }

        Discard();
    }

    private void Count(Dictionary<(string Reason, string? Rule, string Stage), long> causes, BadRecord record)
    {
        var cause = (record.Reason, record.Rule, nodes[record.Node]);
        causes[cause] = causes.GetValueOrDefault(cause) + 1;
    }

    private void Write()
    {
        if (_writer is null)
        {
            DurableFiles.CreateFolder(folder);
            _stream = new FileStream(Path.Combine(folder, _name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
            var schema = ParquetSchema.From(Schema);
            _writer = new ParquetFileWriter(_stream, schema);
            _encoder = new RowGroupEncoder(schema);
        }

        foreach (var slice in _pending.Chunk(Limits.BatchRowsMax))
        {
            using var batch = ToBatch(slice);
            using var rows = _encoder!.Encode([batch]);
            _writer.Append(rows);
        }

        (_pending, _pendingBytes) = ([], 0);
    }

    private async ValueTask<RecordPlace?> PlaceOfAsync(BadRecord record, CancellationToken cancellation)
    {
        if (record.SourceName is null || record.Position < 0) return null;
        if (record.Form is not { } form) return new RecordPlace(record.SourceName, record.Position, null);
        if (form is IAsyncDisposable counting) _forms.Add(counting);
        return await form.PlaceOfAsync(record.SourceName, record.Position, cancellation);
    }

    private RecordBatch ToBatch((BadRecord Record, RecordPlace? Place)[] records)
    {
        var builders = Schema.Select(each => new ColumnBuilder(each.Type)).ToArray();
        var at = clock.GetUtcNow().UtcDateTime;
        foreach (var (record, place) in records)
        {
            object?[] values =
            [
                record.Bytes, record.IsWhole, record.Reason, record.Rule, record.Detail, nodes[record.Node], place?.SourceName,
                place is { Position: >= 0 } known ? known.Position : null, pipeline, version, epoch, at, record.IsRow ? RowForm : SourceForm, record.Row is { } row ? Encoding.UTF8.GetString(row) : null,
                record.Form?.Format, record.Form?.SourceId, place?.Line,
            ];
            for (var i = 0; i < builders.Length; i++) builders[i].AppendObject(values[i]);
        }

        return new RecordBatch(Schema, [.. builders.Select(builder => builder.Build())], records.Length);
    }
}
