using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Gives fixed-width values dense codes in order of first sight. Values are told apart by their bits.</summary>
internal sealed class FixedDictionary
{
    private const int Step = 64;

    private readonly int _shift;
    private readonly int[] _slots;
    private readonly ulong[] _values;
    private int _distinctMax;

    public FixedDictionary(int distinctMax)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)distinctMax * 2);
        _shift = 64 - BitOperations.Log2((uint)size);
        _slots = new int[size];
        _values = new ulong[distinctMax + Step];
    }

    /// <summary>Distinct values so far.</summary>
    public int Count { get; private set; }

    /// <summary>Begins a column; it is given up beyond <paramref name="distinctMax"/> values, or beyond what there is room for.</summary>
    public void Clear(int distinctMax)
    {
        if (Count > 0) Array.Clear(_slots);
        Count = 0;
        _distinctMax = Math.Min(distinctMax, _values.Length - Step);
    }

    /// <summary>Writes the distinct values in plain encoding.</summary>
    public void CopyTo<T>(Span<T> target) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 8) MemoryMarshal.Cast<ulong, T>(_values)[..Count].CopyTo(target);
        else for (var code = 0; code < Count; code++) target[code] = Unsafe.As<ulong, T>(ref _values[code]);
    }

    /// <summary>Writes the codes of the present values; returns how many, or -1 when there are too many distinct ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Encode<T>(ReadOnlySpan<T> values, Bitmap? validity, Span<int> codes) where T : unmanaged
    {
        var words = validity is null ? default : validity.Words;
        var next = 0;
        for (var row = 0; row < values.Length; row += Step)
        {
            var some = values.Slice(row, Math.Min(Step, values.Length - row));
            var all = ulong.MaxValue >> Step - some.Length;
            var bits = validity is null ? all : words[row >> 6];
            if (bits == all) EncodeAll(some, codes.Slice(next, some.Length));
            else EncodeSome(some, bits, codes[next..]);
            next += BitOperations.PopCount(bits);
            if (Count > _distinctMax) return -1;
        }

        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bits<T>(T value) where T : unmanaged => Unsafe.SizeOf<T>() == 8 ? Unsafe.As<T, ulong>(ref value) : Unsafe.As<T, uint>(ref value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EncodeAll<T>(ReadOnlySpan<T> values, Span<int> codes) where T : unmanaged
    {
        for (var i = 0; i < values.Length; i++) codes[i] = Code(Bits(values[i]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EncodeSome<T>(ReadOnlySpan<T> values, ulong bits, Span<int> codes) where T : unmanaged
    {
        for (var next = 0; bits != 0; bits &= bits - 1) codes[next++] = Code(Bits(values[BitOperations.TrailingZeroCount(bits)]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Code(ulong bits)
    {
        ref var slots = ref MemoryMarshal.GetArrayDataReference(_slots);
        ref var values = ref MemoryMarshal.GetArrayDataReference(_values);
        var mask = _slots.Length - 1;
        for (var at = (int)(bits * 0x9E37_79B9_7F4A_7C15UL >> _shift); ; at = (at + 1) & mask)
        {
            var code = Unsafe.Add(ref slots, at) - 1;
            if (code < 0) return Append(bits, at);
            if (Unsafe.Add(ref values, code) == bits) return code;
        }
    }

    /// <summary>Past the limit the caller gives up at the end of its 64 rows; there is room for these.</summary>
    private int Append(ulong bits, int at)
    {
        _values[Count] = bits;
        _slots[at] = ++Count;
        return Count - 1;
    }
}
