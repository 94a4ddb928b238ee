using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Json;

/// <summary>Keeps which record of the block each row came from, and where records begin.</summary>
internal sealed class RecordNumbers : IDisposable
{
    private readonly TextBlock _block;
    private readonly int _most;
    private PooledBuffer? _starts;
    private int _count;
    private int _first;
    private int[]? _recordOfRow;

    public RecordNumbers(TextBlock block, int most, bool needsStarts)
    {
        _block = block;
        _most = most;
        if (needsStarts) _starts = PooledBuffer.Rent<int>(most + 1);
    }

    /// <summary>Begins a batch.</summary>
    public void Begin()
    {
        _first = _count;
        _recordOfRow = _count == 0 ? null : new int[_most - _count];
    }

    /// <summary>The next record became a row.</summary>
    public void Take(int start, int row)
    {
        if (_recordOfRow is not null) _recordOfRow[row] = _count;
        AddStart(start);
    }

    /// <summary>The next record is no row.</summary>
    public void Skip(int start, int row)
    {
        if (_recordOfRow is null)
        {
            _recordOfRow = new int[_most];
            for (var i = 0; i < row; i++) _recordOfRow[i] = _first + i;
        }

        AddStart(start);
    }

    /// <summary>The origin of the batch that ends.</summary>
    public RowOrigin Origin() => new(_block.Share(), _recordOfRow);

    /// <summary>Tells the block where its records begin.</summary>
    public void Finish()
    {
        if (_starts is null) return;
        _starts.As<int>()[_count] = _block.Length;
        _block.SetRecordStarts(_starts, _count);
        _starts = null;
    }

    /// <inheritdoc/>
    public void Dispose() => _starts?.Dispose();

    private void AddStart(int start)
    {
        if (_starts is not null) _starts.As<int>()[_count] = start;
        _count++;
    }
}
