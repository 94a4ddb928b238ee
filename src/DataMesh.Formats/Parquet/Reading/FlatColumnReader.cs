using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Reads a leaf that does not repeat; a null anywhere on its path makes it null.</summary>
internal sealed class FlatColumnReader(ChunkReader chunk, DataType type, int definition) : ColumnReader
{
    private DecodedPage? _page;
    private int _row;
    private int _value;

    public override Column Read(int rows)
    {
        var appender = ColumnAppender.For(type, rows);
        try
        {
            while (appender.Count < rows)
            {
                var page = Page();
                var take = Math.Min(page.Count - _row, rows - appender.Count);
                var levels = page.Definitions.IsEmpty ? default : page.Definitions.Slice(_row, take);
                _value += appender.Append(page.Values, _value, levels, (byte)definition, take);
                _row += take;
            }
        }
        catch
        {
            appender.Abandon();
            throw;
        }

        return appender.Build();
    }

    public override void Skip(long rows)
    {
        while (rows > 0)
        {
            if (_page is null || _row == _page.Count)
            {
                rows -= chunk.SkipPages(rows);
                if (rows == 0) return;
            }

            var page = Page();
            var take = (int)Math.Min(page.Count - _row, rows);
            _value += page.Definitions.IsEmpty ? take : page.Definitions.Slice(_row, take).Count((byte)definition);
            _row += take;
            rows -= take;
        }
    }

    public override void Dispose()
    {
        _page?.Dispose();
        chunk.Dispose();
    }

    private DecodedPage Page()
    {
        while (_page is null || _row == _page.Count)
        {
            _page?.Dispose();
            _page = null;
            _page = chunk.Next() ?? throw chunk.TooShort();
            (_row, _value) = (0, 0);
        }

        return _page;
    }
}
