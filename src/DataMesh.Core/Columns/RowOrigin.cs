namespace DataMesh.Core.Columns;

/// <summary>Which source record each row of a batch came from, so that a bad row can be set aside with its original bytes and position.</summary>
public sealed class RowOrigin : IDisposable
{
    private readonly int[]? _records;

    /// <summary>Takes one ownership of <paramref name="block"/>. Row i is record <c>records[i]</c> of it; null means record i.</summary>
    public RowOrigin(SourceBlock block, int[]? records = null)
    {
        Block = block;
        _records = records;
    }

    /// <summary>The block that the rows were decoded from.</summary>
    public SourceBlock Block { get; }

    /// <summary>The record number inside the block of row <paramref name="row"/>.</summary>
    public int RecordOf(int row) => _records is null ? row : _records[row];

    /// <summary>The origin of the rows taken.</summary>
    public RowOrigin Take(ReadOnlySpan<int> rows)
    {
        var taken = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++) taken[i] = RecordOf(Math.Max(rows[i], 0));
        return new RowOrigin(Block.Share(), taken);
    }

    /// <summary>Another owner.</summary>
    public RowOrigin Share() => new(Block.Share(), _records);

    /// <inheritdoc/>
    public void Dispose() => Block.Dispose();
}
