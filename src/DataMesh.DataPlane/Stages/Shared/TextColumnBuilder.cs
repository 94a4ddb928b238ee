using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Builds a flat text column value by value without an allocation per value.</summary>
internal sealed class TextColumnBuilder : IDisposable
{
    private readonly TextBuffer _ends = new();
    private readonly List<int> _nulls = [];

    /// <summary>Values so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of text so far.</summary>
    public int ByteSize => Text.Length;

    /// <summary>Write the bytes of the next value here, then call <see cref="EndValue"/>.</summary>
    public TextBuffer Text { get; } = new();

    /// <summary>Ends the value whose bytes were written to <see cref="Text"/>.</summary>
    public void EndValue()
    {
        BitConverter.TryWriteBytes(_ends.Room(sizeof(int)), Text.Length);
        _ends.Advance(sizeof(int));
        Count++;
    }

    /// <summary>Appends a null.</summary>
    public void AppendNull()
    {
        _nulls.Add(Count);
        EndValue();
    }

    /// <summary>Forgets all values from <paramref name="count"/> on.</summary>
    public void Truncate(int count)
    {
        if (count >= Count) return;
        Text.Truncate(count == 0 ? 0 : BitConverter.ToInt32(_ends.Written[((count - 1) * sizeof(int))..]));
        _ends.Truncate(count * sizeof(int));
        while (_nulls.Count > 0 && _nulls[^1] >= count) _nulls.RemoveAt(_nulls.Count - 1);
        Count = count;
    }

    /// <summary>The column of type string or json; the builder begins anew.</summary>
    public VarColumn Build(DataType type)
    {
        var offsets = PooledBuffer.Rent<int>(Count + 1);
        offsets.As<int>()[0] = 0;
        _ends.Written.CopyTo(offsets.Span[sizeof(int)..]);
        Bitmap? validity = null;
        if (_nulls.Count > 0)
        {
            validity = Bitmap.Ones(Count);
            foreach (var row in _nulls) validity[row] = false;
        }

        var column = new VarColumn(type, offsets, Text.Detach(), Count, validity);
        _ends.Truncate(0);
        _nulls.Clear();
        Count = 0;
        return column;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ends.Dispose();
        Text.Dispose();
    }
}
