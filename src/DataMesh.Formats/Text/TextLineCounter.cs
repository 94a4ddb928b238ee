using DataMesh.Core.Columns;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Text;

/// <summary>
/// Counts the line ends before a position, in the file itself: only files with bad records are looked at a second time. It goes on from where it stopped.
/// </summary>
internal sealed class TextLineCounter(string path, TextEncoding encoding) : LineCounter
{
    private const int BufferBytes = 256 << 10;

    private TextInput? _input;
    private byte[]? _buffer;
    private long _position;
    private long _lines;
    private bool _isBroken;

    /// <inheritdoc/>
    public override async ValueTask<long?> LineOfAsync(long position, CancellationToken cancellation)
    {
        if (_isBroken) return null;
        try
        {
            if (position < _position) await RestartAsync().ConfigureAwait(false);
            await GoToAsync(position, cancellation).ConfigureAwait(false);
            return _position == position ? _lines + 1 : null;
        }
        catch (Exception error) when (error is DataMeshException or IOException)
        {
            // The file may be gone by now; the record is set aside all the same.
            _isBroken = true;
            return null;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await RestartAsync().ConfigureAwait(false);
        _buffer = null;
    }

    private async ValueTask GoToAsync(long position, CancellationToken cancellation)
    {
        _input ??= await TextInput.OpenAsync(path, encoding, 0, cancellation).ConfigureAwait(false);
        _buffer ??= new byte[BufferBytes];
        while (_position < position)
        {
            var wanted = (int)Math.Min(_buffer.Length, position - _position);
            var read = await _input.ReadAsync(_buffer.AsMemory(0, wanted), cancellation).ConfigureAwait(false);
            _lines += _buffer.AsSpan(0, read).Count((byte)'\n');
            _position += read;
            if (read < wanted) return;
        }
    }

    private async ValueTask RestartAsync()
    {
        if (_input is not null) await _input.DisposeAsync().ConfigureAwait(false);
        (_input, _position, _lines) = (null, 0, 0);
    }
}
