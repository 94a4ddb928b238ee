using System.Runtime.CompilerServices;
using System.Text;
using DataMesh.Core.Columns;

namespace DataMesh.Core.Keys;

/// <summary>
/// 128-bit hashes of the keys of every row, made a column at a time, on one core. Nulls are equal to each other; both zeros are equal, and so are all NaNs.
/// A string hashes the same whether it is flat or dictionary-encoded. The hashes of `deduplicate` are persisted: what a value hashes to never changes.
/// </summary>
public sealed class RowHashes(int columns)
{
    private const ulong NullHash = 0x6e756c6c6b657921, Second = 0x9e3779b97f4a7c15;
    private readonly DictionaryCodes<Hash128>[] _codes = [.. Enumerable.Range(0, columns).Select(_ => new DictionaryCodes<Hash128>())];
    private readonly Hash128[]? _names;
    private Hash128[] _rows = [];
    private Hash128[] _column = [];

    private RowHashes(Hash128[] names) : this(names.Length) => _names = names;

    /// <summary>
    /// Hashes of whole rows, of which only the values that are not null count, each under its column's name: they stay the same when columns change
    /// places, and when a column appears or vanishes that is null in the row.
    /// </summary>
    public static RowHashes ByName(IEnumerable<string> names) => new([.. names.Select(name => OfBytes(Encoding.UTF8.GetBytes(name.ToLowerInvariant())))]);

    /// <summary>The hashes of rows; valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<Hash128> Of(ReadOnlySpan<Column> keys, int length)
    {
        if (_rows.Length < length) (_rows, _column) = (new Hash128[length], new Hash128[length]);
        var rows = _rows.AsSpan(0, length);
        rows.Fill(new Hash128(1, 2));
        var hashes = _column.AsSpan(0, length);
        for (var key = 0; key < keys.Length; key++)
        {
            Write(keys[key], hashes, _codes[key]);
            if (_names is not null)
            {
                AddNamed(keys[key], hashes, _names[key], rows);
                continue;
            }

            MarkNulls(keys[key], hashes);
            for (var row = 0; row < length; row++)
                rows[row] = new Hash128(Hashing.Combine(rows[row].High, hashes[row].High), Hashing.Combine(rows[row].Low ^ Second, hashes[row].Low));
        }

        return rows;
    }

    private static void AddNamed(Column column, ReadOnlySpan<Hash128> hashes, Hash128 name, Span<Hash128> rows)
    {
        var hasNulls = column.NullCount != 0;
        for (var row = 0; row < rows.Length; row++)
        {
            if (hasNulls && column.IsNull(row)) continue;
            rows[row] = new Hash128(
                rows[row].High + Hashing.Combine(name.High, hashes[row].High), rows[row].Low + Hashing.Combine(name.Low ^ Second, hashes[row].Low));
        }
    }

    private static void Write(Column column, Span<Hash128> hashes, DictionaryCodes<Hash128> codes)
    {
        switch (column)
        {
            case FixedColumn<long> longs:
                var values = longs.Values;
                for (var i = 0; i < hashes.Length; i++) hashes[i] = OfInteger((ulong)values[i]);
                break;
            case FixedColumn<double> doubles:
                var numbers = doubles.Values;
                for (var i = 0; i < hashes.Length; i++) hashes[i] = OfInteger(Hashing.CanonicalBits(numbers[i]));
                break;
            case FixedColumn<int> dates:
                var days = dates.Values;
                for (var i = 0; i < hashes.Length; i++) hashes[i] = OfInteger((ulong)(long)days[i]);
                break;
            case FixedColumn<Int128> decimals:
                var unscaled = decimals.Values;
                for (var i = 0; i < hashes.Length; i++) hashes[i] = new Hash128(Hashing.OfInteger((ulong)(unscaled[i] >> 64)), Hashing.OfInteger((ulong)unscaled[i] + Second));
                break;
            case BoolColumn flags:
                for (var i = 0; i < hashes.Length; i++) hashes[i] = OfInteger(flags[i] ? 1UL : 0);
                break;
            case VarColumn { Dictionary: { } dictionary } coded:
                Gather(codes.For(dictionary, static value => OfBytes(value)), coded.Codes, hashes);
                break;
            case VarColumn flat:
                for (var i = 0; i < hashes.Length; i++) hashes[i] = OfBytes(flat[i]);
                break;
            default:
                hashes.Clear();
                break;
        }
    }

    private static void Gather(ReadOnlySpan<Hash128> known, ReadOnlySpan<int> codes, Span<Hash128> hashes)
    {
        for (var i = 0; i < hashes.Length; i++) hashes[i] = known[codes[i]];
    }

    private static void MarkNulls(Column column, Span<Hash128> hashes)
    {
        if (column.NullCount == 0) return;
        for (var i = 0; i < hashes.Length; i++)
            if (column.IsNull(i)) hashes[i] = new Hash128(NullHash, ~NullHash);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Hash128 OfInteger(ulong value) => new(Hashing.OfInteger(value), Hashing.OfInteger(value + Second));

    private static Hash128 OfBytes(ReadOnlySpan<byte> value) => new(Hashing.OfBytes(value), Hashing.SecondOfBytes(value));
}
