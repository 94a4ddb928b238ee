using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>Keys that fit 64 bits: integers, times, dates, booleans, and doubles by their canonical bits (one zero, one NaN).</summary>
internal sealed class IntegerKeyEncoder(DataType type) : KeyEncoder(type)
{
    private readonly IntegerTable _table = new();

    public override int Count => _table.Count + 1;

    public override long ByteSize => _table.ByteSize;

    public override void Encode(Column column, Span<int> codes)
    {
        switch (column)
        {
            case FixedColumn<long> longs: EncodeLongs(longs.Values, column.Validity, codes); break;
            case FixedColumn<int> dates: EncodeDates(dates.Values, column.Validity, codes); break;
            case FixedColumn<double> doubles: EncodeDoubles(doubles.Values, column.Validity, codes); break;
            case BoolColumn flags: EncodeFlags(flags, codes); break;
            default: codes.Clear(); break;
        }
    }

    public override int[] Absorb(KeyEncoder other)
    {
        var theirs = ((IntegerKeyEncoder)other)._table.Keys;
        var map = new int[theirs.Length + 1];
        for (var i = 0; i < theirs.Length; i++) map[i + 1] = _table.Add(theirs[i]) + 1;
        return map;
    }

    public override Column Build(ReadOnlySpan<int> codes)
    {
        switch (Type.Kind)
        {
            case TypeKind.Null: return new NullColumn(codes.Length);
            case TypeKind.Bool: return BuildFlags(codes);
            case TypeKind.Date: return BuildDates(codes);
        }

        var values = PooledBuffer.Rent<ulong>(codes.Length);
        var target = values.As<ulong>();
        var keys = _table.Keys;
        for (var i = 0; i < codes.Length; i++) target[i] = codes[i] == 0 ? 0 : keys[codes[i] - 1];
        return Type.Kind == TypeKind.Float64
            ? new FixedColumn<double>(Type, values, codes.Length, ValidityOf(codes))
            : new FixedColumn<long>(Type, values, codes.Length, ValidityOf(codes));
    }

    protected override int CompareValues(int a, int b)
    {
        var keys = _table.Keys;
        if (Type.Kind != TypeKind.Float64) return ((long)keys[a - 1]).CompareTo((long)keys[b - 1]);
        var (x, y) = (BitConverter.UInt64BitsToDouble(keys[a - 1]), BitConverter.UInt64BitsToDouble(keys[b - 1]));
        return double.IsNaN(x) ? 1 : double.IsNaN(y) ? -1 : x.CompareTo(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EncodeLongs(ReadOnlySpan<long> values, Bitmap? validity, Span<int> codes)
    {
        if (validity is null)
        {
            for (var i = 0; i < values.Length; i++) codes[i] = _table.Add((ulong)values[i]) + 1;
            return;
        }

        for (var i = 0; i < values.Length; i++) codes[i] = validity[i] ? _table.Add((ulong)values[i]) + 1 : 0;
    }

    private void EncodeDates(ReadOnlySpan<int> values, Bitmap? validity, Span<int> codes)
    {
        for (var i = 0; i < values.Length; i++) codes[i] = validity is null || validity[i] ? _table.Add((ulong)(long)values[i]) + 1 : 0;
    }

    private void EncodeDoubles(ReadOnlySpan<double> values, Bitmap? validity, Span<int> codes)
    {
        for (var i = 0; i < values.Length; i++)
            codes[i] = validity is null || validity[i] ? _table.Add(Hashing.CanonicalBits(values[i])) + 1 : 0;
    }

    private void EncodeFlags(BoolColumn flags, Span<int> codes)
    {
        for (var i = 0; i < codes.Length; i++) codes[i] = flags.IsNull(i) ? 0 : _table.Add(flags[i] ? 1UL : 0) + 1;
    }

    private BoolColumn BuildFlags(ReadOnlySpan<int> codes)
    {
        var values = Bitmap.Zeros(codes.Length);
        for (var i = 0; i < codes.Length; i++)
            if (codes[i] != 0 && _table.Keys[codes[i] - 1] != 0) values[i] = true;
        return new BoolColumn(values, ValidityOf(codes));
    }

    private FixedColumn<int> BuildDates(ReadOnlySpan<int> codes)
    {
        var values = PooledBuffer.Rent<int>(codes.Length);
        var target = values.As<int>();
        for (var i = 0; i < codes.Length; i++) target[i] = codes[i] == 0 ? 0 : (int)_table.Keys[codes[i] - 1];
        return new FixedColumn<int>(Type, values, codes.Length, ValidityOf(codes));
    }
}
