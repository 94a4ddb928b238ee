using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Parquet.Splits;

/// <summary>Hands out the row groups of a file, large ones in slices, so that a block's columns stay small in memory.</summary>
internal sealed class ParquetSplitReader : SplitReader
{
    /// <summary>A row group that is not larger is one block: slices of it would decode its pages more than once.</summary>
    private const int WholeGroupRowsMax = 2 * Limits.BatchRowsMax;

    private const int BlockBytesMax = 2 * Limits.BatchBytesMax;

    private readonly SharedFile _file;
    private readonly ParquetShape _shape;
    private readonly string _name;
    private readonly long _end;
    private readonly int _rowsMax;
    private readonly List<ParquetBlockDecoder> _decoders = [];
    private long _position;
    private long _groupStart;
    private int _group;
    private int _sequence;
    private double _bytesRead;

    /// <summary>Takes ownership of the file.</summary>
    public ParquetSplitReader(SharedFile file, ParquetShape shape, FileToOpen split)
    {
        (_file, _shape, _name) = (file, shape, split.Split.Name);
        _position = Math.Max(0, split.From);
        // A row has at least a byte.
        _rowsMax = split.BlockBytes;
        _end = split.Split.End < 0 ? file.File.Rows : Math.Min(split.Split.End, file.File.Rows);
    }

    /// <inheritdoc/>
    public override long BytesRead => (long)_bytesRead;

    /// <inheritdoc/>
    public override ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_position >= _end) return new ValueTask<SourceBlock?>((SourceBlock?)null);
        var groups = _file.File.RowGroupRows;
        while (_position >= _groupStart + groups[_group]) _groupStart += groups[_group++];
        var (compressed, perRow) = Sizes(_group);
        var rows = Math.Min(Math.Min(_rowsMax, BlockRows(groups[_group], perRow)), Math.Min(_end, _groupStart + groups[_group]) - _position);
        var from = _position - _groupStart;
        // Counted twice against the budget of what is in flight: the pages while they are decoded, and the columns that they become.
        var block = new ParquetBlock(_file.Share(), _group, from, from + rows, 2 * rows * perRow)
        {
            SourceName = _name,
            Start = _position,
            End = _position + rows,
            Sequence = _sequence++,
        };
        _position += rows;
        _bytesRead += (double)compressed * rows / groups[_group];
        return new ValueTask<SourceBlock?>(block);
    }

    /// <summary>The original of a record is its row as JSON.</summary>
    public override string RecordFormat => """{"format":"parquet"}""";

    /// <inheritdoc/>
    public override BlockDecoder CreateDecoder()
    {
        var decoder = new ParquetBlockDecoder(_file.File, _shape);
        lock (_decoders) _decoders.Add(decoder);
        return decoder;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        lock (_decoders)
        {
            foreach (var decoder in _decoders) decoder.Close();
            _decoders.Clear();
        }

        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private static long BlockRows(long groupRows, long bytesPerRow)
    {
        var fitting = Math.Max(64, BlockBytesMax / bytesPerRow);
        if (groupRows <= WholeGroupRowsMax && groupRows <= 2 * fitting) return groupRows;
        return Math.Min(fitting, Limits.BatchRowsMax);
    }

    /// <summary>Compressed bytes of the columns to be read, and about how many bytes of memory a row of them takes.</summary>
    private (long Compressed, long BytesPerRow) Sizes(int group)
    {
        var chunks = _file.File.RowGroup(group);
        var (compressed, memory) = (0L, 0L);
        foreach (var index in _shape.Read)
        {
            var column = _file.File.Columns[index];
            var width = column.Field.Type.Width;
            foreach (var leaf in column.Node.Leaves)
            {
                compressed += chunks.Columns[leaf.Leaf].CompressedSize;
                memory += width > 0 ? width * chunks.Rows : 4 * chunks.Rows + Math.Max(0, chunks.Columns[leaf.Leaf].UncompressedSize);
            }
        }

        return (compressed, Math.Max(1, memory / Math.Max(1, chunks.Rows)));
    }
}
