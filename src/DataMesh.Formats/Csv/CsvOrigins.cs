using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>Keeps where the lines of a block begin and which line each row came from.</summary>
internal sealed class CsvOrigins
{
    private int[] _starts = new int[1024];
    private int[] _numbers = new int[1024];
    private int _lines;
    private int _rows;
    private bool _isPlain = true;

    /// <summary>Begins with a block.</summary>
    public void Clear() => (_lines, _rows, _isPlain) = (0, 0, true);

    /// <summary>Adds a segment of <paramref name="rows"/> rows; <paramref name="numbers"/> empty means that every line is a row.</summary>
    public void Add(int rows, ReadOnlySpan<int> lineStarts, ReadOnlySpan<int> numbers)
    {
        Grow(ref _starts, _lines + lineStarts.Length + 1);
        Grow(ref _numbers, _rows + rows);
        lineStarts.CopyTo(_starts.AsSpan(_lines));
        _isPlain &= rows == lineStarts.Length;
        for (var i = 0; i < rows; i++) _numbers[_rows + i] = _lines + (numbers.IsEmpty ? i : numbers[i]);
        _lines += lineStarts.Length;
        _rows += rows;
    }

    /// <summary>The line of every row of the batch that ends here; null when row i is line i of the block.</summary>
    public int[]? TakeNumbers()
    {
        var numbers = _isPlain ? null : _numbers.AsSpan(0, _rows).ToArray();
        _rows = 0;
        _isPlain = false;
        return numbers;
    }

    /// <summary>Hands the line starts to the block.</summary>
    public void GiveTo(TextBlock block)
    {
        var starts = PooledBuffer.Rent<int>(_lines + 1);
        _starts.AsSpan(0, _lines).CopyTo(starts.As<int>());
        starts.As<int>()[_lines] = block.Length;
        block.SetRecordStarts(starts, _lines);
    }

    private static void Grow(ref int[] array, int length)
    {
        if (array.Length < length) Array.Resize(ref array, Math.Max(length, array.Length * 2));
    }
}
