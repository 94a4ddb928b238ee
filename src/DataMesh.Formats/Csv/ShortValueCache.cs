using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Csv;

/// <summary>
/// Codes of recently met values of up to 16 bytes, by their bytes held in two registers: one look-up in one cache line where the
/// dictionary itself needs several dependent ones. Two places for each value; a miss asks the dictionary.
/// </summary>
internal sealed class ShortValueCache
{
    /// <summary>Longest value that is cached.</summary>
    public const int LengthMax = 16;

    private const int EntriesMax = 1 << 14;

    /// <summary>Masks that keep the first n of 8 bytes, by n; and those of the 8 bytes behind them, from 17 on.</summary>
    private static ReadOnlySpan<ulong> Masks =>
    [
        0, 0xFF, 0xFFFF, 0xFF_FFFF, 0xFFFF_FFFF, 0xFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF, 0xFF_FFFF_FFFF_FFFF, ulong.MaxValue,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFFFF, 0xFF_FFFF, 0xFFFF_FFFF, 0xFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF, 0xFF_FFFF_FFFF_FFFF, ulong.MaxValue,
    ];

    private Entry[] _entries = new Entry[256];
    private int _shift = 64 - 8;

    /// <summary>
    /// Looks up to 64 fields up and returns the bits of those that were not found, are quoted, long, or perhaps a null text.
    /// Empty fields get code 0 and their bit in <paramref name="nulls"/>. Reads 16 bytes of each field whatever its length is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong Find(ref byte text, ref int bound, int stride, ref int codes, int count, byte quote, ulong nullLengths, out ulong nulls)
    {
        ref var masks = ref MemoryMarshal.GetReference(Masks);
        ref var entries = ref MemoryMarshal.GetArrayDataReference(_entries);
        var (shift, unread, empty) = (_shift, 0UL, 0UL);
        for (var i = 0; i < count; i++)
        {
            var start = bound + 1;
            var length = Unsafe.Add(ref bound, 1) - start;
            bound = ref Unsafe.Add(ref bound, stride);
            ref var value = ref Unsafe.Add(ref text, start);
            var kept = Math.Min(length, LengthMax);
            var low = Unsafe.ReadUnaligned<ulong>(ref value) & Unsafe.Add(ref masks, kept);
            var high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref value, 8)) & Unsafe.Add(ref masks, kept + 17);
            ref var entry = ref Unsafe.Add(ref entries, Slot(low, high, shift));
            var isFound = entry.Low == low & entry.High == high & entry.Length == length;
            if (!isFound)
            {
                entry = ref Unsafe.Add(ref entries, Slot(low, high, shift) ^ 1);
                isFound = entry.Low == low & entry.High == high & entry.Length == length;
            }

            Unsafe.Add(ref codes, i) = length == 0 ? 0 : entry.Code;
            unread |= ((isFound ? 0UL : 1UL) | (value == quote ? 1UL : 0UL) | (nullLengths >> length & 1)) << i;
            empty |= (length == 0 ? 1UL : 0UL) << i;
        }

        nulls = empty;
        return unread & ~empty;
    }

    /// <summary>The code of a value of 1 to 16 bytes, remembered for <see cref="Find"/>.</summary>
    public int Add(ref byte value, int length, ValueDictionary dictionary)
    {
        var low = Unsafe.ReadUnaligned<ulong>(ref value) & Masks[length];
        var high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref value, 8)) & Masks[length + 17];
        var code = dictionary.Add(MemoryMarshal.CreateReadOnlySpan(ref value, length));
        if (code > _entries.Length / 4 && _entries.Length < EntriesMax)
        {
            _entries = new Entry[_entries.Length * 4];
            _shift -= 2;
        }

        var slot = Slot(low, high, _shift);
        _entries[slot ^ 1] = _entries[slot];
        _entries[slot] = new Entry { Low = low, High = high, Length = length, Code = code };
        return code;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Slot(ulong low, ulong high, int shift) => (int)((low * 0x9E3779B97F4A7C15 ^ high * 0xC2B2AE3D27D4EB4F) * 0x9E3779B97F4A7C15 >> shift);

    private struct Entry
    {
        public ulong Low;
        public ulong High;
        public int Length;
        public int Code;
    }
}
