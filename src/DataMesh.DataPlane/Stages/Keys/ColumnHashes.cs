using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Keys;

namespace DataMesh.DataPlane.Stages.Keys;

/// <summary>64-bit hashes of a column's values, a column at a time; those of nulls are unspecified.</summary>
internal static class ColumnHashes
{
    /// <summary>Writes one hash per value; <paramref name="codes"/> remembers those of dictionary entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(Column column, Span<ulong> hashes, DictionaryCodes<ulong> codes)
    {
        switch (column)
        {
            case FixedColumn<long> longs:
                var values = longs.Values;
                for (var i = 0; i < hashes.Length; i++) hashes[i] = Hashing.OfInteger((ulong)values[i]);
                break;
            case FixedColumn<double> doubles:
                var numbers = doubles.Values;
                for (var i = 0; i < hashes.Length; i++) hashes[i] = Hashing.OfDouble(numbers[i]);
                break;
            case FixedColumn<int> dates:
                for (var i = 0; i < hashes.Length; i++) hashes[i] = Hashing.OfInteger((ulong)(long)dates[i]);
                break;
            case FixedColumn<Int128> decimals:
                for (var i = 0; i < hashes.Length; i++) hashes[i] = Hashing.Combine(Hashing.OfInteger((ulong)(decimals[i] >> 64)), (ulong)decimals[i]);
                break;
            case BoolColumn flags:
                for (var i = 0; i < hashes.Length; i++) hashes[i] = Hashing.OfInteger(flags[i] ? 1UL : 0);
                break;
            case VarColumn { Dictionary: { } dictionary } coded:
                var known = codes.For(dictionary, value => Hashing.OfBytes(value));
                var source = coded.Codes;
                for (var i = 0; i < hashes.Length; i++) hashes[i] = known[source[i]];
                break;
            case VarColumn flat:
                for (var i = 0; i < hashes.Length; i++) hashes[i] = Hashing.OfBytes(flat[i]);
                break;
            default:
                hashes.Clear();
                break;
        }
    }
}
