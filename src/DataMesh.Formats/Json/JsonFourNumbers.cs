using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Json;

/// <summary>
/// Numbers of a chunk, four at once: where they end is found by the byte that must follow them. What is not of the usual form is left over.
/// </summary>
internal sealed unsafe class JsonFourNumbers
{
    private const int Size = JsonChunk.RecordsMax + FourNumbers.Count;
    private const int LengthMax = 15;

    /// <summary>Bytes that are read before the end of a number.</summary>
    private const int Lane = 16;

    private readonly int[] _ends = GC.AllocateArray<int>(Size, pinned: true);
    private readonly int[] _lengths = GC.AllocateArray<int>(Size, pinned: true);
    private readonly long[] _values = GC.AllocateArray<long>(Size, pinned: true);

    /// <summary>Whether the vector instructions are there.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FourNumbers.IsSupported;
    }

    /// <summary>Reads integers. Returns one bit for each that is left over, whose place is still before it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public ulong Read(JsonLiteral literal, byte follower, JsonChunk chunk, ref long rows)
    {
        var left = FindEnds(literal, follower, chunk);
        for (var i = 0; i < chunk.Count; i += FourNumbers.Count)
        {
            if (!FourNumbers.TryRead(ref *chunk.Text, Vector128.LoadUnsafe(ref _ends[i]), Vector128.LoadUnsafe(ref _lengths[i]), ref _values[i])) left |= GiveBack(i, chunk);
        }

        var records = chunk.Records;
        for (var i = 0; i < chunk.Count; i++) Unsafe.Add(ref rows, records[i]) = _values[i];
        return left;
    }

    /// <summary>Reads decimal numbers likewise.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public ulong Read(JsonLiteral literal, byte follower, JsonChunk chunk, ref double rows)
    {
        var left = FindEnds(literal, follower, chunk);
        for (var i = 0; i < chunk.Count; i += FourNumbers.Count)
        {
            ref var values = ref Unsafe.As<long, double>(ref _values[i]);
            if (!FourNumbers.TryRead(ref *chunk.Text, Vector128.LoadUnsafe(ref _ends[i]), Vector128.LoadUnsafe(ref _lengths[i]), ref values)) left |= GiveBack(i, chunk);
        }

        var records = chunk.Records;
        for (var i = 0; i < chunk.Count; i++) Unsafe.Add(ref rows, records[i]) = BitConverter.Int64BitsToDouble(_values[i]);
        return left;
    }

    /// <summary>Compares the literals and finds how long the values are; those of an unusual length are left over.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private ulong FindEnds(JsonLiteral literal, byte follower, JsonChunk chunk)
    {
        var (at, text, count) = ((nint)chunk.At, (nint)chunk.Text, chunk.Count);
        ref var ends = ref _ends[0];
        ref var lengths = ref _lengths[0];
        var behind = Vector128.Create(follower);
        var left = 0UL;
        for (var i = 0; i < count;)
        {
            var p = literal.Skip(((byte**)at)[i]);
            if (p == null)
            {
                count = chunk.Drop(i);
                continue;
            }

            var length = BitOperations.TrailingZeroCount(Vector128.Equals(Vector128.Load(p), behind).ExtractMostSignificantBits());
            var end = (int)((nint)p - text) + length;
            // A point at the end is no JSON; the four-way reader would take it.
            if ((uint)(length - 1) >= LengthMax || p[length - 1] == '.' || *p == 'n' || end < Lane)
            {
                left |= 1UL << i;
                (length, end) = (0, Lane);
            }

            ((byte**)at)[i] = p + length;
            Unsafe.Add(ref ends, i) = end;
            Unsafe.Add(ref lengths, i) = length;
            i++;
        }

        // The last four may be fewer.
        for (var i = count; i < count + FourNumbers.Count - 1; i++) (Unsafe.Add(ref ends, i), Unsafe.Add(ref lengths, i)) = (Lane, 0);
        return left;
    }

    /// <summary>Goes back to before four values.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong GiveBack(int first, JsonChunk chunk)
    {
        var last = Math.Min(first + FourNumbers.Count, chunk.Count);
        for (var i = first; i < last; i++) chunk.At[i] -= _lengths[i];
        return ((1UL << (last - first)) - 1) << first;
    }
}
