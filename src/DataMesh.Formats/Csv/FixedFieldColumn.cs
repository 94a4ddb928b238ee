using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>Fixed-width values, parsed in one loop per segment.</summary>
internal sealed class FixedFieldColumn<T, TParser>(FieldContext context, DataType type, TParser parser) : FieldColumn(type)
    where T : unmanaged
    where TParser : struct, IValueParser<T>
{
    private readonly RowNulls _nulls = new();
    private PooledBuffer? _values;
    private int _capacityBefore = 1024;

    public override void Append(in CsvRecords records, int row, FieldErrors errors)
    {
        Reserve(row + records.Count);
        ref var bound = ref records.Field(context.Field, out var stride);
        ref var values = ref Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(_values!.Array)), row);
        for (var first = 0; first < records.Count; first += 64)
        {
            var count = Math.Min(records.Count - first, 64);
            ref var bounds = ref Unsafe.Add(ref bound, first * stride);
            var unread = parser.ReadsFours && context.NullLengths == 0
                ? ParseFours(ref records.Text, ref bounds, stride, ref Unsafe.Add(ref values, first), count, parser, out var nulls)
                : Parse(ref records.Text, ref bounds, stride, ref Unsafe.Add(ref values, first), count, parser, context.NullLengths, out nulls);
            if (nulls != 0) _nulls.Add(row + first, nulls);
            for (; unread != 0; unread &= unread - 1)
            {
                var i = first + System.Numerics.BitOperations.TrailingZeroCount(unread);
                var start = Unsafe.Add(ref bound, i * stride) + 1;
                Unsafe.Add(ref values, i) = Slow(records, i, row, start, Unsafe.Add(ref bound, i * stride + 1) - start, errors);
            }
        }
    }

    /// <summary>
    /// Parses up to 64 values and returns the bits of those that need a closer look. There is no call and no data-dependent branch in the loop
    /// that the values' usual forms could mislead.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Parse(ref byte text, ref int bound, int stride, ref T values, int count, TParser parser, ulong nullLengths, out ulong nulls)
    {
        var (unread, empty) = (0UL, 0UL);
        for (var i = 0; i < count; i++)
        {
            var start = bound + 1;
            var length = Unsafe.Add(ref bound, 1) - start;
            bound = ref Unsafe.Add(ref bound, stride);
            var isRead = parser.TryFast(ref Unsafe.Add(ref text, start), length, out var value);
            Unsafe.Add(ref values, i) = value;
            unread |= ((isRead ? 0UL : 1UL) | (nullLengths >> length & 1)) << i;
            empty |= (length == 0 ? 1UL : 0UL) << i;
        }

        nulls = empty;
        return unread & ~empty;
    }

    /// <summary>The same, four values at a time; those of a four that it does not take, and the last ones, are parsed one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong ParseFours(ref byte text, ref int bound, int stride, ref T values, int count, TParser parser, out ulong nulls)
    {
        var (unread, i) = (0UL, 0);
        nulls = 0;
        for (; i + FourNumbers.Count <= count; i += FourNumbers.Count)
        {
            ref var second = ref Unsafe.Add(ref bound, stride);
            ref var third = ref Unsafe.Add(ref second, stride);
            ref var fourth = ref Unsafe.Add(ref third, stride);
            var ends = Vector128.Create(Unsafe.Add(ref bound, 1), Unsafe.Add(ref second, 1), Unsafe.Add(ref third, 1), Unsafe.Add(ref fourth, 1));
            var lengths = ends - Vector128.Create(bound, second, third, fourth) - Vector128<int>.One;
            if (parser.TryFour(ref text, ends, lengths, ref Unsafe.Add(ref values, i)))
            {
                nulls |= (ulong)Vector128.Equals(lengths, Vector128<int>.Zero).ExtractMostSignificantBits() << i;
            }
            else
            {
                unread |= Parse(ref text, ref bound, stride, ref Unsafe.Add(ref values, i), FourNumbers.Count, parser, 0, out var empty) << i;
                nulls |= empty << i;
            }

            bound = ref Unsafe.Add(ref fourth, stride);
        }

        if (i == count) return unread;
        unread |= Parse(ref text, ref bound, stride, ref Unsafe.Add(ref values, i), count - i, parser, 0, out var last) << i;
        nulls |= last << i;
        return unread;
    }

    public override Column Finish(int rows)
    {
        Reserve(rows);
        var values = _values!;
        values.SetLength(rows * Unsafe.SizeOf<T>());
        _values = null;
        _capacityBefore = Math.Max(rows, 64);
        return new FixedColumn<T>(Type, values, rows, _nulls.Take(rows));
    }

    public override void Reset()
    {
        _values?.Dispose();
        _values = null;
        _nulls.Clear();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T Slow(in CsvRecords records, int record, int row, int start, int length, FieldErrors errors)
    {
        var value = context.Read(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref records.Text, start), length));
        var bytes = value.Bytes.Trim((byte)' ');
        if (bytes.IsEmpty)
        {
            _nulls.Add(row + record);
            return default;
        }

        if (parser.TrySlow(bytes, out var parsed)) return parsed;
        errors.Add(records, record, row + record, context, Type, value.Bytes);
        return default;
    }

    private void Reserve(int rows)
    {
        _values ??= PooledBuffer.Rent<T>(Math.Max(rows, _capacityBefore + _capacityBefore / 8));
        var bytes = rows * Unsafe.SizeOf<T>();
        if (_values.Capacity < bytes) _values.SetLength(bytes);
        else _values.SetLength(Math.Max(bytes, _values.Length));
    }
}
