using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>A dictionary page of byte arrays as a <see cref="ValueDictionary"/>, so that its codes travel on as they are.</summary>
internal sealed class CodedDictionary
{
    private readonly ValueDictionary _dictionary;
    private readonly int[] _codes;

    public CodedDictionary(RawValues values)
    {
        _dictionary = new ValueDictionary(values.Count);
        _codes = new int[values.Count];
        for (var i = 0; i < values.Count; i++) _codes[i] = _dictionary.Add(values[i]);
    }

    /// <summary>A column of codes that were checked against the page before.</summary>
    public VarColumn ToColumn(DataType type, ReadOnlySpan<int> codes)
    {
        var translated = PooledBuffer.Rent<int>(codes.Length);
        var target = translated.As<int>();
        for (var i = 0; i < codes.Length; i++) target[i] = _codes[codes[i]];
        return new VarColumn(type, translated, _dictionary, codes.Length);
    }
}
