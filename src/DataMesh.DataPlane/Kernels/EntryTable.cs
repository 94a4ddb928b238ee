using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>What an expression gives for every entry of a dictionary. Index 0 is the result for null, index 1 + code that of an entry.</summary>
internal sealed class EntryTable(ValueDictionary dictionary)
{
    private const byte True = 1, Valid = 2, Failed = 4;

    private readonly ValueDictionary _results = new(16);
    private byte[] _flags = [];
    private long[] _longs = [];
    private double[] _doubles = [];
    private int[] _codes = [];
    private Int128[] _decimals = [];
    private int _filled;
    private byte _allFlags = byte.MaxValue;
    private bool _anyFailed;

    public ValueDictionary Dictionary => dictionary;

    /// <summary>Entries computed so far.</summary>
    public int Count => Math.Max(0, _filled - 1);

    /// <summary>Computes the entries that are new, through the expression itself, in a frame of its own.</summary>
    public void Extend(Node inner, Frame frame, int column, DataType entryType)
    {
        using var values = Values(dictionary, entryType, Count, dictionary.Count, withNull: _filled == 0);
        var own = frame.Fork();
        own.Begin(new SingleColumn(column, values), values.Length);
        using var operand = inner.Evaluate(own);
        using var results = operand.ToColumn(values.Length).Share();
        using var failed = own.TakeFailed();
        Grow(_filled + values.Length, inner.Type);
        for (var i = 0; i < values.Length; i++) Store(results, i, _filled + i, failed is not null && failed[i]);
        _filled += values.Length;
    }

    /// <summary>The results of the rows of a column.</summary>
    public Operand LookUp(Frame frame, VarColumn text, DataType type)
    {
        var indices = Indices(text, out var rented);
        var allValid = (_allFlags & Valid) != 0 && (text.Validity is null || (_flags[0] & Valid) != 0);
        var validity = allValid ? null : Flags(indices, Valid);
        if (_anyFailed)
        {
            var failed = Flags(indices, Failed);
            if (Bits.IsEmpty(failed)) failed.Dispose();
            else frame.Fail(failed);
        }

        Operand result = type.Kind switch
        {
            TypeKind.Bool => new BoolColumn(Flags(indices, True), validity),
            TypeKind.Int64 or TypeKind.Timestamp => Gather(indices, _longs, type, validity),
            TypeKind.Date => GatherDates(indices, type, validity),
            TypeKind.Float64 => Gather(indices, _doubles, type, validity),
            TypeKind.Decimal => Gather(indices, _decimals, type, validity),
            TypeKind.Null => new NullColumn(text.Length),
            _ => GatherCodes(indices, type, validity),
        };
        rented?.Dispose();
        return result;
    }

    private static VarColumn Values(ValueDictionary entries, DataType type, int from, int count, bool withNull)
    {
        var writer = new VarWriter(count - from + 1);
        if (withNull) writer.EndValue();
        for (var code = from; code < count; code++)
        {
            writer.Write(entries[code]);
            writer.EndValue();
        }

        if (!withNull) return writer.ToColumn(type, null);
        var validity = Bitmap.Ones(count - from + 1);
        validity[0] = false;
        return writer.ToColumn(type, validity);
    }

    private void Grow(int size, DataType type)
    {
        if (size <= _flags.Length) return;
        size = Math.Max(size, _flags.Length * 2);
        Array.Resize(ref _flags, size);
        if (type.Kind is TypeKind.Int64 or TypeKind.Timestamp or TypeKind.Date) Array.Resize(ref _longs, size);
        else if (type.Kind == TypeKind.Float64) Array.Resize(ref _doubles, size);
        else if (type.Kind == TypeKind.Decimal) Array.Resize(ref _decimals, size);
        else if (type.IsVariable) Array.Resize(ref _codes, size);
    }

    private void Store(Column results, int row, int index, bool failed)
    {
        byte flags = 0;
        if (failed) (flags, _anyFailed) = (Failed, true);
        if (!results.IsNull(row))
        {
            flags |= Valid;
            switch (results)
            {
                case BoolColumn flagColumn: flags |= flagColumn[row] ? True : (byte)0; break;
                case FixedColumn<long> longs: _longs[index] = longs[row]; break;
                case FixedColumn<int> dates: _longs[index] = dates[row]; break;
                case FixedColumn<double> doubles: _doubles[index] = doubles[row]; break;
                case FixedColumn<Int128> decimals: _decimals[index] = decimals[row]; break;
                case VarColumn texts: _codes[index] = _results.Add(texts[row]); break;
            }
        }

        _flags[index] = flags;
        // The entry of null counts only for columns that hold nulls.
        if (index > 0) _allFlags &= flags;
    }

    /// <summary>Index of each row: 1 + its code, or 0 for null.</summary>
    private static Span<int> Indices(VarColumn text, out PooledBuffer? rented)
    {
        rented = PooledBuffer.Rent<int>(text.Length);
        var indices = rented.As<int>();
        System.Numerics.Tensors.TensorPrimitives.Add(text.Codes, 1, indices);
        if (text.Validity is not { } validity) return indices;
        var words = validity.Words;
        for (var w = 0; w < words.Length; w++)
        {
            var start = w << 6;
            var count = Math.Min(64, indices.Length - start);
            for (var nulls = ~words[w]; nulls != 0; nulls &= nulls - 1)
            {
                var bit = System.Numerics.BitOperations.TrailingZeroCount(nulls);
                if (bit >= count) break;
                indices[start + bit] = 0;
            }
        }

        return indices;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Bitmap Flags(ReadOnlySpan<int> indices, byte flag)
    {
        var result = Bitmap.Uninitialised(indices.Length);
        var words = result.Words;
        var flags = _flags;
        var shift = System.Numerics.BitOperations.TrailingZeroCount(flag);
        for (var start = 0; start < indices.Length; start += 64)
        {
            var word = 0UL;
            var block = indices.Slice(start, Math.Min(64, indices.Length - start));
            for (var i = 0; i < block.Length; i++) word |= (ulong)(flags[block[i]] >> shift & 1) << i;
            words[start >> 6] = word;
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static FixedColumn<T> Gather<T>(ReadOnlySpan<int> indices, T[] table, DataType type, Bitmap? validity) where T : unmanaged
    {
        var buffer = PooledBuffer.Rent<T>(indices.Length);
        var values = buffer.As<T>();
        for (var i = 0; i < values.Length; i++) values[i] = table[indices[i]];
        return new FixedColumn<T>(type, buffer, indices.Length, validity);
    }

    private FixedColumn<int> GatherDates(ReadOnlySpan<int> indices, DataType type, Bitmap? validity)
    {
        var buffer = PooledBuffer.Rent<int>(indices.Length);
        var values = buffer.As<int>();
        for (var i = 0; i < values.Length; i++) values[i] = (int)_longs[indices[i]];
        return new FixedColumn<int>(type, buffer, indices.Length, validity);
    }

    private VarColumn GatherCodes(ReadOnlySpan<int> indices, DataType type, Bitmap? validity)
    {
        var buffer = PooledBuffer.Rent<int>(indices.Length);
        var values = buffer.As<int>();
        for (var i = 0; i < values.Length; i++) values[i] = _codes[indices[i]];
        return new VarColumn(type, buffer, _results, indices.Length, validity);
    }

    /// <summary>A list of columns in which only one can be asked for.</summary>
    private sealed class SingleColumn(int index, Column column) : IReadOnlyList<Column>
    {
        public Column this[int at] => at == index ? column : throw new ArgumentOutOfRangeException(nameof(at));

        public int Count => index + 1;

        public IEnumerator<Column> GetEnumerator() => throw new NotSupportedException();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
