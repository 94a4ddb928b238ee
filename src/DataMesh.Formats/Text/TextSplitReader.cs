using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Text;

/// <summary>A split of a text file: blocks from a <see cref="TextBlockReader"/>, decoders from a factory of the format.</summary>
public sealed class TextSplitReader(TextBlockReader reader, Func<BlockDecoder> decoders) : SplitReader
{
    private string? _path;
    private TextEncoding? _encoding;

    /// <inheritdoc/>
    public override string? RecordFormat => Format?.Invoke();

    /// <summary>Says how a record is decoded alone; only asked for where records are set aside.</summary>
    public Func<string>? Format { get; init; }

    /// <summary>How the file writes dates and times.</summary>
    public WrittenTimes? Times { get; init; }

    /// <inheritdoc/>
    public override Column? ReadTimes(VarColumn texts, string column, DataType type, out Bitmap? failed)
    {
        failed = null;
        return Times?.Read(texts, column, type, out failed);
    }

    /// <inheritdoc/>
    public override long BytesRead => reader.BytesRead;

    /// <summary>Opens a split of a described file with the boundaries and decoders of its format.</summary>
    public static async ValueTask<SplitReader> OpenAsync(FileToOpen file, TextEncoding encoding, RecordBoundaries boundaries, Func<BlockDecoder> decoders, Func<string> format, WrittenTimes times, CancellationToken cancellation)
    {
        var input = await TextInput.OpenAsync(file.Path, encoding, file.From, cancellation).ConfigureAwait(false);
        var reader = new TextBlockReader(input, boundaries, file.Split.Name, file.From, file.Split.End, file.BlockBytes) { LeavesOpenRecord = file.Split.MayGrow };
        return new TextSplitReader(reader, decoders) { Format = format, Times = times, _path = file.Path, _encoding = encoding };
    }

    /// <inheritdoc/>
    public override async ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation) => await reader.ReadAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public override LineCounter? CountLines() => _path is null ? null : new TextLineCounter(_path, _encoding!);

    /// <inheritdoc/>
    public override BlockDecoder CreateDecoder() => decoders();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => reader.DisposeAsync();
}
