using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Smallest and largest of many byte strings. The first eight bytes, as a number, decide almost every comparison.</summary>
internal ref struct BytesBounds
{
    private ReadOnlySpan<byte> _min;
    private ReadOnlySpan<byte> _max;
    private ulong _minKey;
    private ulong _maxKey;
    private bool _hasValues;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Consider(ReadOnlySpan<byte> value)
    {
        var key = Key(value);
        if (key > _minKey && key < _maxKey) return;
        Compare(value, key);
    }

    public readonly void AddTo(ColumnBounds bounds, bool isText, int charactersMax)
    {
        if (_hasValues) bounds.AddBytes(_min, _max, isText, charactersMax);
    }

    private void Compare(ReadOnlySpan<byte> value, ulong key)
    {
        if (!_hasValues || key < _minKey || key == _minKey && value.SequenceCompareTo(_min) < 0)
        {
            _min = value;
            _minKey = key;
        }

        if (!_hasValues || key > _maxKey || key == _maxKey && value.SequenceCompareTo(_max) > 0)
        {
            _max = value;
            _maxKey = key;
        }

        _hasValues = true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Key(ReadOnlySpan<byte> value)
    {
        if (value.Length >= 8) return BinaryPrimitives.ReadUInt64BigEndian(value);
        var key = 0UL;
        for (var i = 0; i < value.Length; i++) key |= (ulong)value[i] << 56 - 8 * i;
        return key;
    }
}
