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
    private const int FirstLook = 2 << 10;
    private const int DictionaryBytesMax = 4 << 20;
    private readonly RowNulls _nulls = new();
    private readonly ShortValueCache _cache = new();
    private ValueDictionary? _dictionary = new();
    private long _valuesSeen;
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
            _valuesSeen += rows - codes.NullCount;
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

    private void AppendCodes(in CsvRecords records, int row)
    {
        ref var bound = ref records.Field(context.Field, out var stride);
        ref var codes = ref Unsafe.Add(ref Unsafe.As<byte, int>(ref MemoryMarshal.GetArrayDataReference(_values!.Array)), row);
        var quote = records.HasQuotes ? context.Quote : (byte)0;
        for (var first = 0; first < records.Count; first += 64)
        {
            var count = Math.Min(records.Count - first, 64);
            var unread = _cache.Find(ref records.Text, ref Unsafe.Add(ref bound, first * stride), stride, ref Unsafe.Add(ref codes, first), count, quote, context.NullLengths, out var nulls);
            if (nulls != 0) _nulls.Add(row + first, nulls);
            for (; unread != 0; unread &= unread - 1)
            {
                var i = first + System.Numerics.BitOperations.TrailingZeroCount(unread);
                var start = Unsafe.Add(ref bound, i * stride) + 1;
                Unsafe.Add(ref codes, i) = SlowCode(ref Unsafe.Add(ref records.Text, start), Unsafe.Add(ref bound, i * stride + 1) - start, row + i, quote);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int SlowCode(ref byte start, int length, int row, byte quote)
    {
        if (length is > 0 and <= ShortValueCache.LengthMax && start != quote && (context.NullLengths >> length & 1) == 0)
            return _cache.Add(ref start, length, _dictionary!);
        var value = context.Read(MemoryMarshal.CreateReadOnlySpan(ref start, length));
        if (!value.IsNull) return _dictionary!.Add(value.Bytes);
        _nulls.Add(row);
        return 0;
    }

    private void AppendFlat(in CsvRecords records, int row)
    {
        ReserveData(records);
        ref var bound = ref records.Field(context.Field, out var stride);
        ref var offsets = ref Unsafe.Add(ref Unsafe.As<byte, int>(ref MemoryMarshal.GetArrayDataReference(_values!.Array)), row);
        ref var data = ref MemoryMarshal.GetArrayDataReference(_data!.Array);
        var quote = records.HasQuotes ? context.Quote : (byte)0;
        offsets = _dataLength;
        for (var first = 0; first < records.Count; first += 64)
        {
            var (end, nulls) = (Math.Min(records.Count, first + 64), 0UL);
            for (var i = first; i < end; i++)
            {
                i = Copy(ref records.Text, ref bound, stride, ref offsets, ref data, i, end, quote, context.NullLengths, ref nulls);
                if (i == end) break;
                var start = Unsafe.Add(ref bound, i * stride) + 1;
                var at = Unsafe.Add(ref offsets, i);
                Unsafe.Add(ref offsets, i + 1) = at + SlowCopy(ref Unsafe.Add(ref records.Text, start), Unsafe.Add(ref bound, i * stride + 1) - start, row + i, at);
            }

            if (nulls != 0) _nulls.Add(row + first, nulls);
        }

        _dataLength = Unsafe.Add(ref offsets, records.Count);
    }

    /// <summary>Copies values from record <paramref name="from"/> on, up to the first that is quoted, long or perhaps a null text; returns its number, or <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Copy(ref byte text, ref int bound, int stride, ref int offsets, ref byte data, int from, int end, byte quote, ulong nullLengths, ref ulong nulls)
    {
        bound = ref Unsafe.Add(ref bound, from * stride);
        var (at, empty, i) = (Unsafe.Add(ref offsets, from), 0UL, from);
        for (; i < end; i++)
        {
            var start = bound + 1;
            var length = Unsafe.Add(ref bound, 1) - start;
            bound = ref Unsafe.Add(ref bound, stride);
            ref var value = ref Unsafe.Add(ref text, start);
            if ((value == quote & quote != 0) | length > 64 | (nullLengths >> length & 1) != 0) break;
            ref var target = ref Unsafe.Add(ref data, at);
            Vector256.LoadUnsafe(ref value).StoreUnsafe(ref target);
            if (length > 32) Vector256.LoadUnsafe(ref value, 32).StoreUnsafe(ref target, 32);
            at += length;
            empty |= (length == 0 ? 1UL : 0UL) << i;
            Unsafe.Add(ref offsets, i + 1) = at;
        }

        // Shifts count modulo 64, and runs of 64 begin at multiples of it.
        nulls |= empty;
        return i;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int SlowCopy(ref byte start, int length, int row, int at)
    {
        var value = context.Read(MemoryMarshal.CreateReadOnlySpan(ref start, length));
        if (value.IsNull) _nulls.Add(row);
        value.Bytes.CopyTo(_data!.Array.AsSpan(at));
        return value.Bytes.Length;
    }

    /// <summary>
    /// Dictionaries pay while values repeat; many distinct ones cost memory and cache misses. Where hardly any of the first few thousand values
    /// came twice, there are too many to wait for.
    /// </summary>
    private bool IsTooVaried(ValueDictionary dictionary) =>
        dictionary.DataLength > DictionaryBytesMax || dictionary.Count > 4 * FlatAbove
        || (dictionary.Count > FlatAbove && dictionary.Count * 3L > _valuesSeen)
        || (dictionary.Count > FirstLook && dictionary.Count * 10L > _valuesSeen * 9);

    private void Reserve(int rows)
    {
        var bytes = (rows + 1) * sizeof(int);
        _values ??= PooledBuffer.Rent(Math.Max(bytes, (_rowsBefore + _rowsBefore / 8) * sizeof(int)));
        _values.SetLength(Math.Max(bytes, _values.Length));
    }

    /// <summary>Room for the raw fields; copies write up to 64 bytes beyond.</summary>
    private void ReserveData(in CsvRecords records)
    {
        ref var bound = ref records.Field(context.Field, out var stride);
        var bytes = 128L + _dataLength;
        for (var i = 0; i < records.Count; i++) bytes += Unsafe.Add(ref bound, i * stride + 1) - Unsafe.Add(ref bound, i * stride);
        _data ??= PooledBuffer.Rent((int)Math.Max(bytes, _dataBefore + _dataBefore / 8));
        if (_data.Capacity >= bytes) return;
        _data.SetLength(Math.Max(_dataLength, 0));
        _data.SetLength((int)bytes);
    }
}
