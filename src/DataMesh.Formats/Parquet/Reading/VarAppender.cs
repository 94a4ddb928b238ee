using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>
/// Appends byte strings. While all pages carry codes of one dictionary the column stays coded; the first plain page makes it flat.
/// </summary>
internal sealed class VarAppender(DataType type, int rows) : ColumnAppender(type, rows)
{
    private PooledBuffer? _codes;
    private ValueDictionary? _dictionary;
    private PooledBuffer? _offsets;
    private PooledBuffer? _data;

    public override Column Build()
    {
        if (_codes is not null) return new VarColumn(Type, _codes, _dictionary!, Rows, TakeValidity());
        BeginFlat();
        return new VarColumn(Type, _offsets!, _data!, Rows, TakeValidity());
    }

    public override void Abandon()
    {
        base.Abandon();
        _codes?.Dispose();
        _offsets?.Dispose();
        _data?.Dispose();
    }

    protected override void AppendValues(Column dense, int from, int rows)
    {
        var column = (VarColumn)dense;
        if (TryCodes(column))
        {
            column.Codes.Slice(from, rows).CopyTo(_codes!.As<int>()[Count..]);
            return;
        }

        if (column.Dictionary is not null)
        {
            for (var i = 0; i < rows; i++) AppendFlat(Count + i, column[from + i]);
            return;
        }

        AppendRun(column, from, rows);
    }

    protected override void AppendSparse(Column dense, int from, ReadOnlySpan<byte> levels, byte present)
    {
        var column = (VarColumn)dense;
        if (TryCodes(column))
        {
            var target = _codes!.As<int>().Slice(Count, levels.Length);
            for (var i = 0; i < levels.Length; i++) target[i] = levels[i] == present ? column.Codes[from++] : 0;
            return;
        }

        for (var i = 0; i < levels.Length; i++) AppendFlat(Count + i, levels[i] == present ? column[from++] : default);
    }

    /// <summary>Whether the rows can be added as codes. Leaves the column flat and ready when they can not.</summary>
    private bool TryCodes(VarColumn column)
    {
        if (column.Dictionary is not null && (_dictionary == column.Dictionary || (_dictionary is null && Count == 0 && _offsets is null)))
        {
            _dictionary = column.Dictionary;
            _codes ??= PooledBuffer.Rent<int>(Rows);
            return true;
        }

        BeginFlat();
        return false;
    }

    private void BeginFlat()
    {
        if (_offsets is not null) return;
        _offsets = PooledBuffer.Rent<int>(Rows + 1);
        _offsets.As<int>()[0] = 0;
        _data = PooledBuffer.Rent(0);
        if (_codes is null) return;
        var codes = _codes;
        _codes = null;
        for (var row = 0; row < Count; row++) AppendFlat(row, _dictionary![codes.As<int>()[row]]);
        codes.Dispose();
    }

    private void AppendFlat(int row, ReadOnlySpan<byte> value)
    {
        var at = _data!.Length;
        _data.SetLength(checked(at + value.Length));
        value.CopyTo(_data.Span[at..]);
        _offsets!.As<int>()[row + 1] = _data.Length;
    }

    private void AppendRun(VarColumn column, int from, int rows)
    {
        var source = column.Offsets.Slice(from, rows + 1);
        var at = _data!.Length;
        var bytes = column.Data[source[0]..source[^1]];
        _data.SetLength(checked(at + bytes.Length));
        bytes.CopyTo(_data.Span[at..]);
        var target = _offsets!.As<int>().Slice(Count + 1, rows);
        var shift = at - source[0];
        for (var i = 0; i < rows; i++) target[i] = source[i + 1] + shift;
    }
}
