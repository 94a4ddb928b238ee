using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Csv;

/// <summary>
/// Codes of recently met values of up to 16 bytes, by their bytes held in two registers: one look-up in one cache line where the
/// dictionary itself needs several dependent ones. Direct-mapped; a miss asks the dictionary.
/// </summary>
internal sealed class ShortValueCache
{
    /// <summary>Longest value that is cached.</summary>
    public const int LengthMax = 16;

    private const int EntriesMax = 1 << 14;

    /// <summary>Masks that keep the first n of 8 bytes, by n.</summary>
    private static ReadOnlySpan<ulong> Masks =>
    [
        0, 0xFF, 0xFFFF, 0xFF_FFFF, 0xFFFF_FFFF, 0xFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF, 0xFF_FFFF_FFFF_FFFF, ulong.MaxValue,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
    ];

    private Entry[] _entries = new Entry[256];
    private int _shift = 64 - 8;

    /// <summary>The code of a value of 1 to 16 bytes. Reads 16 bytes whatever the length is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ref byte value, int length, ValueDictionary dictionary)
    {
        ref var masks = ref MemoryMarshal.GetReference(Masks);
        var low = Unsafe.ReadUnaligned<ulong>(ref value) & Unsafe.Add(ref masks, length);
        var high = length <= 8 ? 0 : Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref value, 8)) & Unsafe.Add(ref masks, length - 8);
        var slot = (int)((low * 0x9E3779B97F4A7C15 ^ high * 0xC2B2AE3D27D4EB4F) * 0x9E3779B97F4A7C15 >> _shift);
        ref var entry = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_entries), slot);
        return entry.Low == low && entry.High == high && entry.Length == length ? entry.Code : Miss(ref value, length, low, high, slot, dictionary);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Miss(ref byte value, int length, ulong low, ulong high, int slot, ValueDictionary dictionary)
    {
        var code = dictionary.Add(MemoryMarshal.CreateReadOnlySpan(ref value, length));
        _entries[slot] = new Entry { Low = low, High = high, Length = length, Code = code };
        if (code > _entries.Length / 4 && _entries.Length < EntriesMax)
        {
            _entries = new Entry[_entries.Length * 4];
            _shift -= 2;
        }

        return code;
    }

    private struct Entry
    {
        public ulong Low;
        public ulong High;
        public int Length;
        public int Code;
    }
}
