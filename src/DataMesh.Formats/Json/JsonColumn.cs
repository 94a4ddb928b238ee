using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Json;

/// <summary>
/// The column of a batch while its rows are decoded. Rows are filled from 0 upwards; the last one may be written again
/// (a member that occurs twice, a record that is tried a second time). Every row must be set or made null.
/// </summary>
internal sealed unsafe class JsonColumn
{
    /// <summary>What a text of no bytes points to.</summary>
    private static readonly byte[] Nowhere = GC.AllocateArray<byte>(64, pinned: true);

    private readonly bool _isBool;
    private PooledBuffer? _valueBuffer;
    private PooledBuffer? _dataBuffer;
    private ulong[] _nulls = new ulong[16];
    private readonly JsonCodeCache _cache = new();
    private ValueDictionary? _dictionary;
    private bool _isFlat;
    private long _dictionaryRows;
    private int _lastDataLength = 4096;

    public JsonColumn(int index, Field field, bool isDeclared, bool mayWiden)
    {
        Index = index;
        Name = field.Name;
        Type = field.Type;
        IsDeclared = isDeclared;
        MayWiden = mayWiden && !isDeclared;
        _isBool = field.Type.Kind == TypeKind.Bool;
        _isFlat = field.Type.Kind != TypeKind.String;
        Places = field.Type.IsVariable ? new JsonPlace[JsonChunk.RecordsMax] : [];
    }

    /// <summary>Position in the batches.</summary>
    public int Index { get; }

    public string Name { get; }

    public DataType Type { get; }

    /// <summary>The user said which type it has: a value that disagrees is bad, never a widening.</summary>
    public bool IsDeclared { get; }

    /// <summary>Whether a value that disagrees asks for a wider type; otherwise its record is bad.</summary>
    public bool MayWiden { get; }

    /// <summary>The attempt at a record that set this column last.</summary>
    public long Stamp;

    /// <summary>The member that set it then.</summary>
    public JsonMember? StampMember;

    /// <summary>Values of fixed width, one byte a bool, or codes, or offsets (one more than rows).</summary>
    public byte[] Values = [];

    /// <summary>Bytes of flat strings.</summary>
    public byte[] Data = [];

    public int DataLength;

    /// <summary>Whether strings get codes of a dictionary; settled for each batch when it begins.</summary>
    public bool IsDictionary;

    public bool HasNulls;

    /// <summary>Where the flat texts of a chunk's records lie.</summary>
    public readonly JsonPlace[] Places;

    /// <summary>Whether texts are kept one behind the other in this batch.</summary>
    private bool IsFlatText => Type.IsVariable && !IsDictionary;

    /// <summary>Begins a batch of at most <paramref name="rows"/> rows.</summary>
    public void Begin(int rows)
    {
        IsDictionary = !_isFlat;
        if (IsDictionary) _dictionary ??= new ValueDictionary();
        var width = _isBool ? 1 : Type.IsVariable ? 4 : Type.Width;
        _valueBuffer = PooledBuffer.Rent((rows + 1) * width);
        Values = _valueBuffer.Array;
        if (IsFlatText)
        {
            _dataBuffer = PooledBuffer.Rent(_lastDataLength);
            Data = _dataBuffer.Array;
            DataLength = 0;
            SetOffset(0, 0);
        }

        if (_nulls.Length <= Bitmap.WordCount(rows)) _nulls = new ulong[Bitmap.WordCount(rows) + 1];
        if (HasNulls) _nulls.AsSpan().Clear();
        HasNulls = false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set<T>(int row, T value) where T : unmanaged =>
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Values), (nint)(uint)row * sizeof(T)), value);

    /// <summary>Sets the bytes of a string, json or binary value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetBytes(int row, ReadOnlySpan<byte> value)
    {
        if (IsDictionary)
        {
            Set(row, _dictionary!.Add(value));
            return;
        }

        var at = DataLength;
        Reserve(value.Length);
        value.CopyTo(Data.AsSpan(at));
        SetOffset(row + 1, DataLength = at + value.Length);
    }

    /// <summary>The values from a row on, to be set in any order.</summary>
    public ref T Rows<T>(int first) where T : unmanaged => ref Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(Values)), first);

    /// <summary>The code of a value of 1 to <see cref="JsonCodeCache.LengthMax"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ShortCode(ref byte value, int length) => _cache.Find(ref value, length, _dictionary!);

    /// <summary>
    /// Appends the flat texts of records <paramref name="from"/> to <paramref name="to"/> of a chunk, which lie at <see cref="Places"/>.
    /// Up to 64 bytes behind a text are read, and written over later.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Append(int firstRow, int from, int to)
    {
        if (!IsFlatText) return;
        var total = 0;
        for (var i = from; i < to; i++) total += Places[i].Length;
        Reserve(total);
        ref var ends = ref Rows<int>(firstRow + 1);
        for (var i = from; i < to; i++)
        {
            ref var place = ref Places[i];
            if (place.IsIrregular)
            {
                DataLength += JsonValues.CopyIrregular(this, new ReadOnlySpan<byte>(place.Start, place.Length), Data.AsSpan(DataLength));
            }
            else
            {
                ref var target = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Data), DataLength);
                // The first bytes without a branch: most texts are short.
                Vector256.Load(place.Start).StoreUnsafe(ref target);
                Vector256.Load(place.Start + 32).StoreUnsafe(ref target, 32);
                if (place.Length > 64) new ReadOnlySpan<byte>(place.Start, place.Length).CopyTo(MemoryMarshal.CreateSpan(ref target, place.Length));
                DataLength += place.Length;
            }

            Unsafe.Add(ref ends, i) = DataLength;
        }
    }

    /// <summary>Makes room for <paramref name="bytes"/> bytes and two vectors behind <see cref="DataLength"/>.</summary>
    private void Reserve(int bytes)
    {
        if (Data.Length - DataLength < bytes + 64) Grow(bytes + 64);
    }

    private void SetOffset(int at, int offset) => Set(at, offset);

    /// <summary>Makes a row null.</summary>
    public void SetNull(int row)
    {
        HasNulls = true;
        _nulls[row >> 6] |= 1UL << row;
        if (Type.IsVariable) Set(row + (IsDictionary ? 0 : 1), IsDictionary ? 0 : DataLength);
        else if (_isBool) Set(row, (byte)0);
    }

    /// <summary>Makes the row of a chunk's record null.</summary>
    public void SetNull(int firstRow, int record)
    {
        var row = firstRow + record;
        HasNulls = true;
        _nulls[row >> 6] |= 1UL << row;
        if (IsFlatText) Places[record] = new JsonPlace { Start = (byte*)Unsafe.AsPointer(ref Nowhere[0]) };
        else if (IsDictionary) Set(row, 0);
        else if (_isBool) Set(row, (byte)0);
    }

    /// <summary>Forgets which of some rows were null; bit i of <paramref name="rows"/> stands for row <paramref name="first"/> + i.</summary>
    public void ForgetNulls(int first, ulong rows)
    {
        if (!HasNulls) return;
        _nulls[first >> 6] &= ~(rows << first);
        if ((first & 63) != 0) _nulls[(first >> 6) + 1] &= ~(rows >> (64 - (first & 63)));
    }

    /// <summary>Takes back what an attempt wrote into a row.</summary>
    public void Reset(int row)
    {
        if (HasNulls) _nulls[row >> 6] &= ~(1UL << row);
        if (IsFlatText) DataLength = Unsafe.ReadUnaligned<int>(ref Values[row * 4]);
    }

    /// <summary>Ends the batch. The column belongs to the caller.</summary>
    public Column Finish(int rows)
    {
        var values = _valueBuffer!;
        _valueBuffer = null;
        if (Type.Kind == TypeKind.Null)
        {
            values.Dispose();
            return new NullColumn(rows);
        }

        var validity = FinishValidity(rows);
        switch (Type.Kind)
        {
            case TypeKind.Bool: return FinishBool(values, rows, validity);
            case TypeKind.Int64 or TypeKind.Timestamp: return new FixedColumn<long>(Type, Sized(values, rows * 8), rows, validity);
            case TypeKind.Float64: return new FixedColumn<double>(Type, Sized(values, rows * 8), rows, validity);
            case TypeKind.Date: return new FixedColumn<int>(Type, Sized(values, rows * 4), rows, validity);
            case TypeKind.Decimal: return new FixedColumn<Int128>(Type, Sized(values, rows * 16), rows, validity);
        }

        if (IsDictionary) return FinishCodes(values, rows, validity);
        var data = _dataBuffer!;
        _dataBuffer = null;
        data.SetLength(DataLength);
        _lastDataLength = DataLength + DataLength / 8 + 64;
        return new VarColumn(Type, Sized(values, (rows + 1) * 4), data, rows, validity);
    }

    /// <summary>Ends the batch without a result.</summary>
    public void Abandon()
    {
        _valueBuffer?.Dispose();
        _dataBuffer?.Dispose();
        _valueBuffer = _dataBuffer = null;
    }

    private VarColumn FinishCodes(PooledBuffer codes, int rows, Bitmap? validity)
    {
        var column = new VarColumn(Type, Sized(codes, rows * 4), _dictionary!, rows, validity);
        _dictionaryRows += rows;
        if (_dictionary!.Count <= DictionaryValuesMax && (_dictionaryRows < 512 || _dictionary.Count < _dictionaryRows * 9 / 10)) return column;
        _isFlat = true;
        _dictionary = null;
        return column;
    }

    /// <summary>With more distinct values than this, looking codes up costs more than it saves later.</summary>
    private const int DictionaryValuesMax = 16 << 10;

    private static PooledBuffer Sized(PooledBuffer buffer, int bytes)
    {
        buffer.SetLength(bytes);
        return buffer;
    }

    private Bitmap? FinishValidity(int rows)
    {
        if (!HasNulls) return null;
        var validity = Bitmap.Uninitialised(rows);
        var words = validity.Words;
        for (var i = 0; i < words.Length; i++) words[i] = ~_nulls[i];
        validity.ClearTail();
        return validity;
    }

    private BoolColumn FinishBool(PooledBuffer values, int rows, Bitmap? validity)
    {
        var bits = Bitmap.Zeros(rows);
        var words = bits.Words;
        for (var row = 0; row < rows; row++) words[row >> 6] |= (ulong)Values[row] << row;
        values.Dispose();
        return new BoolColumn(bits, validity);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int bytes)
    {
        _dataBuffer!.SetLength(DataLength);
        _dataBuffer.SetLength(checked(_dataBuffer.Capacity + bytes));
        Data = _dataBuffer.Array;
    }
}
