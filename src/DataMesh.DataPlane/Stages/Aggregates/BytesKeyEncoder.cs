using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Keys;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>Keys of bytes: strings, binary, json; decimals as their 16 bytes. A dictionary-encoded column is looked up once per dictionary entry.</summary>
internal sealed class BytesKeyEncoder(DataType type) : KeyEncoder(type)
{
    private readonly ValueDictionary _values = new();
    private readonly DictionaryCodes<int> _codes = new();

    public override int Count => _values.Count + 1;

    public override long ByteSize => _values.Count * 16L + _values.DataLength;

    public override void Encode(Column column, Span<int> codes)
    {
        if (column is VarColumn { Dictionary: { } dictionary } coded)
        {
            Map(coded.Codes, _codes.For(dictionary, value => _values.Add(value) + 1), codes);
            ClearNulls(column, codes);
        }
        else if (column is VarColumn flat) EncodeFlat(flat, codes);
        else EncodeDecimals((FixedColumn<Int128>)column, codes);
    }

    public override int[] Absorb(KeyEncoder other)
    {
        var theirs = ((BytesKeyEncoder)other)._values;
        var map = new int[theirs.Count + 1];
        for (var i = 0; i < theirs.Count; i++) map[i + 1] = _values.Add(theirs[i]) + 1;
        return map;
    }

    public override Column Build(ReadOnlySpan<int> codes)
    {
        if (Type.Kind == TypeKind.Decimal) return BuildDecimals(codes);
        var offsets = PooledBuffer.Rent<int>(codes.Length + 1);
        var ends = offsets.As<int>();
        ends[0] = 0;
        for (var i = 0; i < codes.Length; i++) ends[i + 1] = checked(ends[i] + (codes[i] == 0 ? 0 : _values[codes[i] - 1].Length));
        var data = PooledBuffer.Rent(ends[codes.Length]);
        for (var i = 0; i < codes.Length; i++)
            if (codes[i] != 0) _values[codes[i] - 1].CopyTo(data.Span[ends[i]..]);
        return new VarColumn(Type, offsets, data, codes.Length, ValidityOf(codes));
    }

    protected override int CompareValues(int a, int b) => Type.Kind == TypeKind.Decimal
        ? MemoryMarshal.Read<Int128>(_values[a - 1]).CompareTo(MemoryMarshal.Read<Int128>(_values[b - 1]))
        : _values[a - 1].SequenceCompareTo(_values[b - 1]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map(ReadOnlySpan<int> source, ReadOnlySpan<int> map, Span<int> target)
    {
        target = target[..source.Length];
        for (var i = 0; i < source.Length; i++) target[i] = map[source[i]];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EncodeFlat(VarColumn column, Span<int> codes)
    {
        var offsets = column.Offsets;
        var data = column.Data;
        for (var i = 0; i < codes.Length; i++) codes[i] = _values.Add(data[offsets[i]..offsets[i + 1]]) + 1;
        ClearNulls(column, codes);
    }

    private void EncodeDecimals(FixedColumn<Int128> column, Span<int> codes)
    {
        var values = column.Values;
        for (var i = 0; i < codes.Length; i++) codes[i] = _values.Add(MemoryMarshal.AsBytes(values.Slice(i, 1))) + 1;
        ClearNulls(column, codes);
    }

    private FixedColumn<Int128> BuildDecimals(ReadOnlySpan<int> codes)
    {
        var values = PooledBuffer.Rent<Int128>(codes.Length);
        var target = values.As<Int128>();
        for (var i = 0; i < codes.Length; i++) target[i] = codes[i] == 0 ? 0 : MemoryMarshal.Read<Int128>(_values[codes[i] - 1]);
        return new FixedColumn<Int128>(Type, values, codes.Length, ValidityOf(codes));
    }
}
