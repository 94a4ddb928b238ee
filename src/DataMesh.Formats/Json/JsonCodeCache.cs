using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Json;

/// <summary>
/// Remembers the codes of values of 1 to 16 bytes by their bytes: a hit costs one cache line where the dictionary takes several in a row.
/// What it does not hold it asks the dictionary.
/// </summary>
internal sealed class JsonCodeCache
{
    /// <summary>Longest value that is remembered.</summary>
    public const int LengthMax = 16;

    private const int PlacesMax = 1 << 15;
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private Place[] _places = new Place[256];
    private int _shift = 64 - 8;
    private int _count;

    /// <summary>The code of a value. 16 bytes are read whatever the length is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ref byte value, int length, ValueDictionary dictionary)
    {
        ref var mask = ref Unsafe.Add(ref MemoryMarshal.GetReference(MaskBytes), LengthMax - length);
        var low = Unsafe.ReadUnaligned<ulong>(ref value) & Unsafe.ReadUnaligned<ulong>(ref mask);
        var high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref value, 8)) & Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref mask, 8));
        var at = (int)((low * Golden ^ high) * Golden >> _shift);
        ref var place = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_places), at);
        return place.Low == low & place.High == high & place.Length == length ? place.Code : Search(ref value, length, low, high, at, dictionary);
    }

    /// <summary>Looks in the places behind the first one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Search(ref byte value, int length, ulong low, ulong high, int at, ValueDictionary dictionary)
    {
        var places = _places;
        while (true)
        {
            ref var place = ref places[at];
            if (place.Length == 0) break;
            if (place.Low == low && place.High == high && place.Length == length) return place.Code;
            at = at + 1 & places.Length - 1;
        }

        var code = dictionary.Add(MemoryMarshal.CreateReadOnlySpan(ref value, length));
        if (_count * 2 < places.Length)
        {
            places[at] = new Place { Low = low, High = high, Length = length, Code = code };
            _count++;
        }
        else if (places.Length < PlacesMax)
        {
            // What it held is found again in the dictionary.
            _places = new Place[places.Length * 2];
            _shift--;
            _count = 0;
        }

        return code;
    }

    /// <summary>Sixteen set bytes, then as many clear ones: read from the right place they keep as many bytes of a value as it has.</summary>
    private static ReadOnlySpan<byte> MaskBytes =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    private struct Place
    {
        public ulong Low;
        public ulong High;
        public int Length;
        public int Code;
    }
}
