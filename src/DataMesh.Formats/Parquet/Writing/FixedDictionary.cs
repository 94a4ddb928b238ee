using System.Numerics;
using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Gives fixed-width values dense codes in order of first sight. Values are told apart by their bits.</summary>
internal sealed class FixedDictionary<T> where T : unmanaged
{
    private readonly int _distinctMax;
    private readonly int _shift;
    private readonly Slot[] _slots;
    private readonly T[] _values;
    private int _count;

    public FixedDictionary(int distinctMax)
    {
        _distinctMax = distinctMax;
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)distinctMax * 2);
        _shift = 64 - BitOperations.Log2((uint)size);
        _slots = new Slot[size];
        _values = new T[distinctMax + 1];
    }

    public ReadOnlySpan<T> Values => _values.AsSpan(0, _count);

    public void Clear()
    {
        if (_count > 0) Array.Clear(_slots);
        _count = 0;
    }

    /// <summary>Writes the codes of the present values; returns how many, or -1 when there are too many distinct ones. One code of slack.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Encode(ReadOnlySpan<T> values, Bitmap? validity, Span<int> codes)
    {
        var words = validity is null ? default : validity.Words;
        var next = 0;
        for (var row = 0; row < values.Length; row += 64)
        {
            var end = Math.Min(row + 64, values.Length);
            var bits = validity is null ? ulong.MaxValue >> 64 - (end - row) : words[row >> 6];
            for (; bits != 0; bits &= bits - 1) codes[next++] = Code(values[row + BitOperations.TrailingZeroCount(bits)]);
            if (_count >= _distinctMax) return -1;
        }

        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Code(T value)
    {
        var bits = Bits(value);
        var slots = _slots;
        var mask = slots.Length - 1;
        for (var at = (int)(bits * 0x9E37_79B9_7F4A_7C15UL >> _shift); ; at = (at + 1) & mask)
        {
            ref var slot = ref slots[at];
            if (slot.CodePlusOne == 0) return Append(value, bits, ref slot);
            if (slot.Bits == bits) return slot.CodePlusOne - 1;
        }
    }

    private int Append(T value, ulong bits, ref Slot slot)
    {
        // Past the limit the caller gives up at the end of its 64 rows; until then the codes do not matter.
        if (_count > _distinctMax) return 0;
        _values[_count] = value;
        slot = new Slot(bits, _count + 1);
        return _count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Bits(T value) => Unsafe.SizeOf<T>() == 8 ? Unsafe.As<T, ulong>(ref value) : Unsafe.As<T, uint>(ref value);

    private readonly record struct Slot(ulong Bits, int CodePlusOne);
}
