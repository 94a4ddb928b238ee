using System.Numerics;
using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>
/// Turns the values of a row group into codes of one dictionary of its own. Columns that come with codes are translated by a table per
/// dictionary they point into; a table entry below the current base is from an earlier row group and counts as empty, so nothing is cleared.
/// </summary>
internal sealed class CodeTranslator(int bytesMax)
{
    private const int TablesMax = 8;
    private const int BaseMax = 1 << 30;

    private readonly Dictionary<ValueDictionary, int[]> _tables = [];
    private int _base = 1;

    public ByteDictionary Dictionary { get; } = new();

    /// <summary>Begins a row group.</summary>
    public void Clear()
    {
        _base += Dictionary.Count;
        Dictionary.Clear();
        if (_tables.Count < TablesMax && _base < BaseMax) return;
        _tables.Clear();
        _base = 1;
    }

    /// <summary>Writes the codes of the present values; returns how many, or -1 when the dictionary grew too big to pay.</summary>
    public int Encode(VarColumn column, Span<int> codes) =>
        column.Dictionary is { } dictionary ? Translate(column, dictionary, codes) : Add(column, codes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Translate(VarColumn column, ValueDictionary dictionary, Span<int> codes)
    {
        var table = TableOf(dictionary);
        var source = column.Codes;
        var words = column.Validity is null ? default : column.Validity.Words;
        var next = 0;
        for (var row = 0; row < source.Length; row += 64)
        {
            var end = Math.Min(row + 64, source.Length);
            var bits = words.IsEmpty ? ulong.MaxValue >> 64 - (end - row) : words[row >> 6];
            if (bits == ulong.MaxValue)
            {
                foreach (var code in source.Slice(row, 64)) codes[next++] = TranslateOne(table, dictionary, code);
            }
            else
            {
                for (; bits != 0; bits &= bits - 1) codes[next++] = TranslateOne(table, dictionary, source[row + BitOperations.TrailingZeroCount(bits)]);
            }

            if (Dictionary.PlainLength > bytesMax) return -1;
        }

        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TranslateOne(int[] table, ValueDictionary dictionary, int code)
    {
        var known = table[code] - _base;
        return known >= 0 ? known : Meet(table, dictionary, code);
    }

    private int Meet(int[] table, ValueDictionary dictionary, int code)
    {
        var mine = Dictionary.Add(dictionary[code]);
        table[code] = mine + _base;
        return mine;
    }

    private int Add(VarColumn column, Span<int> codes)
    {
        var next = 0;
        for (var row = 0; row < column.Length; row++)
        {
            if (column.IsNull(row)) continue;
            codes[next++] = Dictionary.Add(column[row]);
            if ((row & 63) == 0 && Dictionary.PlainLength > bytesMax) return -1;
        }

        return next;
    }

    private int[] TableOf(ValueDictionary dictionary)
    {
        var count = dictionary.Count;
        if (_tables.TryGetValue(dictionary, out var table) && table.Length >= count) return table;
        var larger = new int[Math.Max(BitOperations.RoundUpToPowerOf2((uint)count), 256)];
        table?.CopyTo(larger.AsSpan());
        return _tables[dictionary] = larger;
    }
}
