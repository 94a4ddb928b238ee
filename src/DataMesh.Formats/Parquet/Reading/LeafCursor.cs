using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Walks over the entries of a leaf one by one, for nested values.</summary>
internal sealed class LeafCursor(ChunkReader chunk, SchemaNode node) : IDisposable
{
    private DecodedPage? _page;
    private int _entry;
    private int _value = -1;

    /// <summary>Definition level of the current entry.</summary>
    public int Definition { get; private set; }

    /// <summary>Repetition level of the current entry; -1 after the last one.</summary>
    public int Repetition { get; private set; } = -1;

    public SchemaNode Node { get; } = node;

    /// <summary>Column and row of the current value, when it is one.</summary>
    public (Column Values, int Row) Value => (_page!.Values, _value);

    public bool HasValue => Definition == Node.Definition;

    /// <summary>Whether a row begins here; the first call goes to the first entry.</summary>
    public void RequireRow()
    {
        if (_page is null) Move();
        if (Repetition != 0) throw chunk.TooShort();
    }

    public void Move()
    {
        _entry++;
        while (_page is null || _entry >= _page.Count)
        {
            _page?.Dispose();
            _page = chunk.Next();
            (_entry, _value) = (0, -1);
            if (_page is not null) continue;
            Repetition = -1;
            return;
        }

        Definition = _page.Definitions.IsEmpty ? Node.Definition : _page.Definitions[_entry];
        Repetition = _page.Repetitions.IsEmpty ? 0 : _page.Repetitions[_entry];
        if (HasValue) _value++;
    }

    public void Dispose()
    {
        _page?.Dispose();
        chunk.Dispose();
    }
}
