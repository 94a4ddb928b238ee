using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Json;

/// <summary>
/// Remembers the codes of values of 1 to 16 bytes by their bytes, one place for each hash: a hit costs one cache line where the dictionary
/// takes several in a row. What it does not hold it asks the dictionary.
/// </summary>
internal sealed class JsonCodeCache
{
    /// <summary>Longest value that is remembered.</summary>
    public const int LengthMax = 16;

    private const int PlacesMax = 1 << 14;
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private Place[] _places = new Place[256];
    private int _shift = 64 - 8;

    /// <summary>The code of a value. 16 bytes are read whatever the length is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ref byte value, int length, ValueDictionary dictionary)
    {
        var low = Unsafe.ReadUnaligned<ulong>(ref value);
        var high = 0UL;
        if (length > 8) high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref value, 8)) & ulong.MaxValue >> (128 - length * 8);
        else low &= ulong.MaxValue >> (64 - length * 8);
        var at = (int)((low * Golden ^ high) * Golden >> _shift);
        ref var place = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_places), at);
        return place.Low == low && place.High == high && place.Length == length ? place.Code : Ask(ref value, length, low, high, at, dictionary);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Ask(ref byte value, int length, ulong low, ulong high, int at, ValueDictionary dictionary)
    {
        var code = dictionary.Add(MemoryMarshal.CreateReadOnlySpan(ref value, length));
        _places[at] = new Place { Low = low, High = high, Length = length, Code = code };
        if (code <= _places.Length / 4 || _places.Length >= PlacesMax) return code;
        _places = new Place[_places.Length * 4];
        _shift -= 2;
        return code;
    }

    private struct Place
    {
        public ulong Low;
        public ulong High;
        public int Length;
        public int Code;
    }
}
