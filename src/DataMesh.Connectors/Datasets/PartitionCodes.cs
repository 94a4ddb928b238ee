using System.Runtime.InteropServices;
using DataMesh.Core.Columns;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets;

/// <summary>
/// Numbers the values of one partition column: equal values get equal codes. A text is made once per distinct value of a batch, never per row.
/// </summary>
internal sealed class PartitionCodes
{
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly List<string?> _texts = [null];
    private readonly Dictionary<Int128, int> _fixed = [];
    private readonly ValueDictionary _values = new();
    private readonly List<int> _valueCodes = [NullCode];

    /// <summary>Code of null (and of the empty text).</summary>
    private const int NullCode = 0;

    /// <summary>The text of a code.</summary>
    public string? Text(int code) => _texts[code];

    /// <summary>Writes one code per row.</summary>
    public void Encode(Column column, Span<int> codes)
    {
        switch (column)
        {
            case VarColumn { Dictionary: not null } texts: EncodeCodes(texts, codes); break;
            case VarColumn texts: EncodeTexts(texts, codes); break;
            case FixedColumn<long> longs: EncodeFixed(column, MemoryMarshal.Cast<long, long>(longs.Values), codes, value => value); break;
            case FixedColumn<int> dates: EncodeFixed(column, dates.Values, codes, value => value); break;
            case FixedColumn<double> doubles: EncodeFixed(column, doubles.Values, codes, value => BitConverter.DoubleToInt64Bits(value)); break;
            case FixedColumn<Int128> decimals: EncodeFixed(column, decimals.Values, codes, value => value); break;
            default: EncodeAny(column, codes); break;
        }
    }

    private void EncodeCodes(VarColumn column, Span<int> codes)
    {
        var known = new int[column.Dictionary!.Count];
        Array.Fill(known, -1);
        var theirs = column.Codes;
        for (var row = 0; row < codes.Length; row++)
        {
            if (column.IsNull(row))
            {
                codes[row] = NullCode;
                continue;
            }

            ref var code = ref known[theirs[row]];
            if (code < 0) code = CodeOf(column, row);
            codes[row] = code;
        }
    }

    private void EncodeTexts(VarColumn column, Span<int> codes)
    {
        for (var row = 0; row < codes.Length; row++)
        {
            if (column.IsNull(row))
            {
                codes[row] = NullCode;
                continue;
            }

            var value = _values.Add(column[row]);
            if (value == _valueCodes.Count) _valueCodes.Add(CodeOf(column, row));
            codes[row] = _valueCodes[value];
        }
    }

    private void EncodeFixed<T>(Column column, ReadOnlySpan<T> values, Span<int> codes, Func<T, Int128> key) where T : unmanaged, IEquatable<T>
    {
        var hasLast = false;
        var (last, lastCode) = (default(T), NullCode);
        for (var row = 0; row < codes.Length; row++)
        {
            if (column.IsNull(row))
            {
                codes[row] = NullCode;
                continue;
            }

            // Neighbouring rows mostly lie in one partition.
            if (!hasLast || !values[row].Equals(last))
            {
                ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(_fixed, key(values[row]), out var exists);
                if (!exists) code = CodeOf(column, row);
                (hasLast, last, lastCode) = (true, values[row], code);
            }

            codes[row] = lastCode;
        }
    }

    private void EncodeAny(Column column, Span<int> codes)
    {
        for (var row = 0; row < codes.Length; row++) codes[row] = column.IsNull(row) ? NullCode : CodeOf(column, row);
    }

    private int CodeOf(Column column, int row)
    {
        if (PartitionValue.Write(column, row) is not { } text) return NullCode;
        ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(_codes, text, out var exists);
        if (exists) return code;
        code = _texts.Count;
        _texts.Add(text);
        return code;
    }
}
