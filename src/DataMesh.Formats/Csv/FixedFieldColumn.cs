using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Csv;

/// <summary>Fixed-width values, parsed in one loop per segment.</summary>
internal sealed class FixedFieldColumn<T, TParser>(FieldContext context, DataType type, TParser parser) : FieldColumn(type)
    where T : unmanaged
    where TParser : struct, IValueParser<T>
{
    private readonly RowNulls _nulls = new();
    private PooledBuffer? _values;
    private int _capacityBefore = 1024;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Append(in CsvRecords records, int row, FieldErrors errors)
    {
        Reserve(row + records.Count);
        ref var text = ref records.Text;
        ref var bound = ref records.Field(context.Field, out var stride);
        ref var values = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(_values!.Array));
        var nullLengths = context.NullLengths;
        var fields = parser;
        for (var i = 0; i < records.Count; i++)
        {
            var start = bound + 1;
            var length = Unsafe.Add(ref bound, 1) - start;
            bound = ref Unsafe.Add(ref bound, stride);
            ref var value = ref Unsafe.Add(ref values, row + i);
            if ((nullLengths >> length & 1) == 0 && fields.TryFast(ref Unsafe.Add(ref text, start), length, out value)) continue;
            value = Slow(records, i, row, start, length, errors);
        }
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

/// <summary>Remembers which rows of the batch under way are null.</summary>
internal sealed class RowNulls
{
    private ulong[] _words = new ulong[64];
    private int _used;

    /// <summary>Row <paramref name="row"/> is null.</summary>
    public void Add(int row)
    {
        var word = row >> 6;
        if (word >= _words.Length) Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        _words[word] |= 1UL << (row & 63);
        _used = Math.Max(_used, word + 1);
    }

    /// <summary>The validity of the first <paramref name="rows"/> rows, null when none is null, and a fresh start.</summary>
    public Bitmap? Take(int rows)
    {
        if (_used == 0) return null;
        var validity = Bitmap.Uninitialised(rows);
        var words = validity.Words;
        for (var i = 0; i < words.Length; i++) words[i] = i < _used ? ~_words[i] : ulong.MaxValue;
        validity.ClearTail();
        Clear();
        return validity;
    }

    /// <summary>A fresh start.</summary>
    public void Clear()
    {
        Array.Clear(_words, 0, _used);
        _used = 0;
    }
}
