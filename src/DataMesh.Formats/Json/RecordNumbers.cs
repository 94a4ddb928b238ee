using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Json;

/// <summary>Keeps which record of the block each row of a batch came from; nothing is written down while row i is record i.</summary>
internal sealed class RecordNumbers(TextBlock block, int rowsMax)
{
    private int[]? _recordOfRow;

    /// <summary>Begins a batch.</summary>
    public void Begin() => _recordOfRow = null;

    /// <summary>Records from <paramref name="record"/> on became rows from <paramref name="row"/> on.</summary>
    public void Take(int record, int row, int count)
    {
        if (_recordOfRow is null)
        {
            if (record == row) return;
            _recordOfRow = new int[rowsMax];
            for (var i = 0; i < row; i++) _recordOfRow[i] = i;
        }

        for (var i = 0; i < count; i++) _recordOfRow[row + i] = record + i;
    }

    /// <summary>The origin of the batch that ends.</summary>
    public RowOrigin Origin() => new(block.Share(), _recordOfRow);
}
