using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Csv;

/// <summary>
/// Text: as codes into a dictionary while distinct values are few, flat from the first batch after they were many.
/// The choice changes how values are held, never what they are.
/// </summary>
internal sealed class TextFieldColumn(FieldContext context, DataType type) : FieldColumn(type)
{
    private const int FlatAbove = 16 << 10;
    private const int DictionaryBytesMax = 4 << 20;
    private readonly RowNulls _nulls = new();
    private readonly ShortValueCache _cache = new();
    private ValueDictionary? _dictionary = new();
    private long _rowsSeen;
    private PooledBuffer? _values;
    private PooledBuffer? _data;
    private int _dataLength;
    private int _rowsBefore = 1024;
    private int _dataBefore = 4096;

    public override void Append(in CsvRecords records, int row, FieldErrors errors)
    {
        Reserve(row + records.Count);
        if (_dictionary is null) AppendFlat(records, row);
        else AppendCodes(records, row);
    }

    public override Column Finish(int rows)
    {
        Reserve(rows);
        var (values, data) = (_values!, _data);
        (_values, _data) = (null, null);
        _rowsBefore = Math.Max(rows, 64);
        if (_dictionary is { } dictionary)
        {
            values.SetLength(rows * sizeof(int));
            var codes = new VarColumn(Type, values, dictionary, rows, _nulls.Take(rows));
            _rowsSeen += rows;
            if (IsTooVaried(dictionary)) _dictionary = null;
            return codes;
        }

        values.SetLength((rows + 1) * sizeof(int));
        if (rows == 0) values.As<int>()[0] = 0;
        data ??= PooledBuffer.Rent(0);
        data.SetLength(_dataLength);
        _dataBefore = Math.Max(_dataLength, 64);
        _dataLength = 0;
        return new VarColumn(Type, values, data, rows, _nulls.Take(rows));
    }

    public override void Reset()
    {
        _values?.Dispose();
        _data?.Dispose();
        (_values, _data, _dataLength) = (null, null, 0);
        _nulls.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AppendCodes(in CsvRecords records, int row)
    {
        ref var text = ref records.Text;
        ref var bound = ref records.Field(context.Field, out var stride);
        ref var codes = ref Unsafe.Add(ref Unsafe.As<byte, int>(ref MemoryMarshal.GetArrayDataReference(_values!.Array)), row);
        var (nullLengths, quote, dictionary, cache) = (context.NullLengths, records.HasQuotes ? context.Quote : (byte)0, _dictionary!, _cache);
        for (var i = 0; i < records.Count; i++)
        {
            var start = bound + 1;
            var length = Unsafe.Add(ref bound, 1) - start;
            bound = ref Unsafe.Add(ref bound, stride);
            ref var value = ref Unsafe.Add(ref text, start);
            int code;
            if ((nullLengths >> length & 1) != 0 || (value == quote && quote != 0)) code = SlowCode(ref value, length, row + i);
            else if (length <= ShortValueCache.LengthMax) code = cache.Find(ref value, length, dictionary);
            else code = dictionary.Add(MemoryMarshal.CreateReadOnlySpan(ref value, length));
            Unsafe.Add(ref codes, i) = code;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int SlowCode(ref byte start, int length, int row)
    {
        var value = context.Read(MemoryMarshal.CreateReadOnlySpan(ref start, length));
        if (!value.IsNull) return _dictionary!.Add(value.Bytes);
        _nulls.Add(row);
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AppendFlat(in CsvRecords records, int row)
    {
        ReserveData(records);
        ref var text = ref records.Text;
        ref var bound = ref records.Field(context.Field, out var stride);
        ref var offsets = ref Unsafe.Add(ref Unsafe.As<byte, int>(ref MemoryMarshal.GetArrayDataReference(_values!.Array)), row);
        ref var data = ref MemoryMarshal.GetArrayDataReference(_data!.Array);
        var (nullLengths, quote, at) = (context.NullLengths, records.HasQuotes ? context.Quote : (byte)0, _dataLength);
        offsets = at;
        for (var i = 0; i < records.Count; i++)
        {
            var start = bound + 1;
            var length = Unsafe.Add(ref bound, 1) - start;
            bound = ref Unsafe.Add(ref bound, stride);
            ref var value = ref Unsafe.Add(ref text, start);
            if ((nullLengths >> length & 1) != 0 || (value == quote && quote != 0))
            {
                at += SlowCopy(ref value, length, row + i, at);
            }
            else if (length <= 32)
            {
                Vector256.LoadUnsafe(ref value).StoreUnsafe(ref Unsafe.Add(ref data, at));
                at += length;
            }
            else
            {
                Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref data, at), ref value, (uint)length);
                at += length;
            }

            Unsafe.Add(ref offsets, i + 1) = at;
        }

        _dataLength = at;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int SlowCopy(ref byte start, int length, int row, int at)
    {
        var value = context.Read(MemoryMarshal.CreateReadOnlySpan(ref start, length));
        if (value.IsNull) _nulls.Add(row);
        value.Bytes.CopyTo(_data!.Array.AsSpan(at));
        return value.Bytes.Length;
    }

    /// <summary>Dictionaries pay while values repeat; many distinct ones cost memory and cache misses.</summary>
    private bool IsTooVaried(ValueDictionary dictionary) =>
        dictionary.DataLength > DictionaryBytesMax || dictionary.Count > 4 * FlatAbove || (dictionary.Count > FlatAbove && dictionary.Count * 3L > _rowsSeen);

    private void Reserve(int rows)
    {
        var bytes = (rows + 1) * sizeof(int);
        _values ??= PooledBuffer.Rent(Math.Max(bytes, (_rowsBefore + _rowsBefore / 8) * sizeof(int)));
        _values.SetLength(Math.Max(bytes, _values.Length));
    }

    /// <summary>Room for the raw fields; copies write up to 32 bytes beyond.</summary>
    private void ReserveData(in CsvRecords records)
    {
        ref var bound = ref records.Field(context.Field, out var stride);
        var bytes = 64L + _dataLength;
        for (var i = 0; i < records.Count; i++) bytes += Unsafe.Add(ref bound, i * stride + 1) - Unsafe.Add(ref bound, i * stride);
        _data ??= PooledBuffer.Rent((int)Math.Max(bytes, _dataBefore + _dataBefore / 8));
        if (_data.Capacity >= bytes) return;
        _data.SetLength(Math.Max(_dataLength, 0));
        _data.SetLength((int)bytes);
    }
}
