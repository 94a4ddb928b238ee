using System.Buffers.Binary;
using System.Text;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>
/// Smallest and largest value of a column in a row group or file. Integers of all kinds (also booleans, dates, timestamps, decimals) share one pair;
/// a NaN makes both ends unknown, and a zero end is widened to cover both zeros.
/// </summary>
internal sealed class ColumnBounds
{
    private Int128 _minInteger;
    private Int128 _maxInteger;
    private double _minDouble;
    private double _maxDouble;
    private byte[]? _minBytes;
    private byte[]? _maxBytes;
    private bool _minIsCut;
    private bool _maxIsCut;
    private bool _maxIsUnbounded;
    private bool _hasNaN;

    /// <summary>False while no value was seen.</summary>
    public bool HasValues { get; private set; }

    private bool IsKnown => HasValues && !_hasNaN;

    public void AddIntegers(Int128 min, Int128 max)
    {
        _minInteger = HasValues ? Int128.Min(_minInteger, min) : min;
        _maxInteger = HasValues ? Int128.Max(_maxInteger, max) : max;
        HasValues = true;
    }

    public void AddDoubles(double min, double max, bool hasNaN)
    {
        _hasNaN |= hasNaN;
        _minDouble = HasValues ? Math.Min(_minDouble, min) : min;
        _maxDouble = HasValues ? Math.Max(_maxDouble, max) : max;
        HasValues = true;
    }

    /// <summary>Adds a pair of byte strings, cut to a length that statistics can carry.</summary>
    public void AddBytes(ReadOnlySpan<byte> min, ReadOnlySpan<byte> max, bool isText, int charactersMax)
    {
        var low = BoundText.CutDown(min, isText, charactersMax);
        var high = BoundText.CutUp(max, isText, charactersMax);
        AddCutBytes(low, low.Length < min.Length, high, high is null || high.Length < max.Length || !max.SequenceEqual(high));
    }

    public void Merge(ColumnBounds other, TypeKind kind)
    {
        if (!other.HasValues) return;
        if (kind == TypeKind.Float64) AddDoubles(other._minDouble, other._maxDouble, other._hasNaN);
        else if (other._minBytes is not null) AddCutBytes(other._minBytes, other._minIsCut, other._maxIsUnbounded ? null : other._maxBytes, other._maxIsCut);
        else AddIntegers(other._minInteger, other._maxInteger);
    }

    /// <summary>The smallest value as people and Delta see it, or null when unknown.</summary>
    public object? MinValue(DataType type) => !IsKnown ? null : type.IsVariable ? ToValue(_minBytes, type) : ToValue(_minInteger, ZeroDown(_minDouble), type);

    /// <summary>The largest value, or null when unknown.</summary>
    public object? MaxValue(DataType type) =>
        !IsKnown ? null : !type.IsVariable ? ToValue(_maxInteger, ZeroUp(_maxDouble), type) : _maxIsUnbounded ? null : ToValue(_maxBytes, type);

    /// <summary>Both ends in Parquet's plain encoding, as the footer carries them.</summary>
    public (byte[]? Min, bool MinIsExact, byte[]? Max, bool MaxIsExact) ToPlain(DataType type)
    {
        if (!IsKnown) return default;
        if (type.IsVariable) return (_minBytes, !_minIsCut, _maxIsUnbounded ? null : _maxBytes, !_maxIsCut);
        return (Plain(_minInteger, ZeroDown(_minDouble), type), true, Plain(_maxInteger, ZeroUp(_maxDouble), type), true);
    }

    private void AddCutBytes(byte[] min, bool minIsCut, byte[]? max, bool maxIsCut)
    {
        if (!HasValues || min.AsSpan().SequenceCompareTo(_minBytes) < 0) (_minBytes, _minIsCut) = (min, minIsCut);
        if (max is null) _maxIsUnbounded = true;
        else if (!HasValues || _maxBytes is null || max.AsSpan().SequenceCompareTo(_maxBytes) > 0) (_maxBytes, _maxIsCut) = (max, maxIsCut);
        HasValues = true;
    }

    private static double ZeroDown(double value) => value == 0 ? -0.0 : value;

    private static double ZeroUp(double value) => value == 0 ? 0.0 : value;

    private static object? ToValue(byte[]? bytes, DataType type) =>
        bytes is null ? null : type.Kind == TypeKind.Binary ? bytes : Encoding.UTF8.GetString(bytes);

    private static object? ToValue(Int128 integer, double number, DataType type) => type.Kind switch
    {
        TypeKind.Bool => integer != 0,
        TypeKind.Date => (int)integer,
        TypeKind.Int64 or TypeKind.Timestamp => (long)integer,
        TypeKind.Decimal => integer,
        TypeKind.Float64 => number,
        _ => null,
    };

    private static byte[]? Plain(Int128 integer, double number, DataType type)
    {
        var physical = PhysicalLayout.Of(type);
        var bytes = new byte[physical.Width];
        switch (type.Kind)
        {
            case TypeKind.Bool: return [integer != 0 ? (byte)1 : (byte)0];
            case TypeKind.Float64: BinaryPrimitives.WriteDoubleLittleEndian(bytes, number); return bytes;
            case TypeKind.Null: return null;
        }

        if (physical.Width == 4) BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)integer);
        else if (physical.Width == 8 && physical.Type == Metadata.PhysicalType.Int64) BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)integer);
        else PhysicalLayout.WriteBigEndian(integer, bytes);
        return bytes;
    }
}
