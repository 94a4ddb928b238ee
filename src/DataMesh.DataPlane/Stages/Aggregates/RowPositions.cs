using DataMesh.Core.Columns;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>
/// Numbers the rows that come to one worker so that the numbers rise with the rows' order in the source, on whichever core they are: by the block that they
/// come from, then by their order in it.
/// </summary>
internal sealed class RowPositions
{
    private const int RowBits = 32;

    private long _block;
    private long _next;

    /// <summary>The positions of the next rows, which come from one block.</summary>
    public FixedColumn<long> Next(int rows, long block)
    {
        if (block != _block) (_block, _next) = (block, block << RowBits);
        var values = PooledBuffer.Rent<long>(rows);
        for (var i = 0; i < rows; i++) values.As<long>()[i] = _next++;
        return new FixedColumn<long>(DataType.Int64, values, rows);
    }

    /// <summary>The block of a position.</summary>
    public static long BlockOf(long position) => position >> RowBits;

    /// <summary>Writes how far it has come.</summary>
    public void Save(StateWriter writer) => writer.Int64(_next);

    /// <summary>Goes on from what <see cref="Save"/> wrote.</summary>
    public void Restore(StateReader reader) => _next = reader.Int64();
}
