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

    private const int WordLength = sizeof(ulong);
    private const int PlacesMax = 1 << 15;
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private Place[] _places = new Place[256];
    private int _shift = 64 - 8;
    private int _count;

    /// <summary>The code of a value. 8 bytes are read whatever the length is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ref byte value, int length, ValueDictionary dictionary)
    {
        if (length > WordLength) return FindLong(ref value, length, dictionary);
        var key = Unsafe.ReadUnaligned<ulong>(ref value) & ulong.MaxValue >> -(length * 8);
        ref var place = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_places), (nint)(key * Golden >> _shift));
        return place.Key == key & place.Length == length ? place.Code : Search(ref value, length, key, dictionary);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindLong(ref byte value, int length, ValueDictionary dictionary)
    {
        var low = Unsafe.ReadUnaligned<ulong>(ref value);
        var high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref value, length - WordLength));
        return Search(ref value, length, low * Golden ^ high, dictionary);
    }

    /// <summary>Looks in one place after the other. The key of a value of one word is the value itself, that of a longer one is not.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Search(ref byte value, int length, ulong key, ValueDictionary dictionary)
    {
        var bytes = MemoryMarshal.CreateReadOnlySpan(ref value, length);
        var places = _places;
        var at = (int)(key * Golden >> _shift);
        for (; places[at].Length != 0; at = (at + 1) & (places.Length - 1))
        {
            ref var place = ref places[at];
            if (place.Key == key && place.Length == length && (length <= WordLength || dictionary[place.Code].SequenceEqual(bytes))) return place.Code;
        }

        var code = dictionary.Add(bytes);
        if (_count * 2 < places.Length)
        {
            places[at] = new Place { Key = key, Length = length, Code = code };
            _count++;
        }
        else if (places.Length < PlacesMax)
        {
            // What was remembered is found again in the dictionary.
            _places = new Place[places.Length * 2];
            _shift--;
            _count = 0;
        }

        return code;
    }

    private struct Place
    {
        public ulong Key;
        public int Code;
        /// <summary>Zero in an empty place.</summary>
        public int Length;
    }
}
