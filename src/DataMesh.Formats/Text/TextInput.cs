namespace DataMesh.Formats.Text;

/// <summary>
/// A file as sequential UTF-8 text. Positions count bytes of that text, after decompression and transcoding, without a byte order mark.
/// </summary>
public abstract class TextInput : IAsyncDisposable
{
    /// <summary>Fills <paramref name="target"/> from its start; less than its length only at the end of the file.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellation);

    /// <summary>Bytes taken from disk so far.</summary>
    public abstract long BytesRead { get; }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Opens a file at a position.</summary>
    public static async ValueTask<TextInput> OpenAsync(string path, TextEncoding encoding, long from, CancellationToken cancellation)
    {
        try
        {
            if (encoding.IsPlain) return new PlainTextInput(path, encoding, from);
            var input = new DecodedTextInput(path, encoding);
            await input.SkipAsync(from, cancellation).ConfigureAwait(false);
            return input;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.CanNotRead(path, cause);
        }
    }
}
