using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Sketches;

namespace DataMesh.DataPlane.Profiles;

/// <summary>
/// Profiles strings, json and binary. Of a dictionary-encoded column the rows are only counted per code; everything else is done once per dictionary entry,
/// when the dictionary is done with or the profile is asked for.
/// </summary>
internal sealed class TextProfiler(DataType type) : ColumnProfiler(type)
{
    private const int TopMax = 10;
    private const int DictionariesMax = 8;
    private readonly List<CodeCounts> _counting = [];
    private readonly HyperLogLog _distinct = new();
    private readonly ValueCounts _counts = new();
    private LengthStatistics _lengths = new();
    private byte[]? _min;
    private byte[]? _max;
    private ulong _minHead = ulong.MaxValue;
    private ulong _maxHead;

    public override long ByteSize => _distinct.ByteSize + _counts.ByteSize + _counting.Sum(each => each.Counts.Length * 8L);

    protected override void AbsorbValues(Column column)
    {
        var values = (VarColumn)column;
        if (values.Dictionary is not null) AbsorbCodes(values);
        else AbsorbFlat(values);
    }

    protected override void MergeValues(ColumnProfiler other)
    {
        var theirs = (TextProfiler)other;
        theirs.Settle(0);
        Settle(0);
        _distinct.Merge(theirs._distinct);
        _counts.Merge(theirs._counts);
        _lengths.Merge(in theirs._lengths);
        if (theirs._min is null) return;
        IncludeExtreme(theirs._min);
        IncludeExtreme(theirs._max);
    }

    protected override ColumnProfile Complete(ColumnProfile profile)
    {
        Settle(0);
        if (_lengths.Count == 0) return profile;
        return profile with
        {
            Distinct = _distinct.Estimate(),
            Min = ValueTexts.Of(Type, _min),
            Max = ValueTexts.Of(Type, _max),
            LengthMin = _lengths.Shortest,
            LengthMax = _lengths.Longest,
            LengthMean = _lengths.Mean,
            Top = [.. _counts.Top(TopMax).Select(each => new ValueCount(ValueTexts.Of(Type, each.Value), each.Count))],
        };
    }

    private void AbsorbCodes(VarColumn column)
    {
        var at = _counting.FindIndex(each => ReferenceEquals(each.Dictionary, column.Dictionary));
        if (at < 0)
        {
            Settle(DictionariesMax - 1);
            at = _counting.Count;
            _counting.Add(new CodeCounts(column.Dictionary!));
        }

        _counting[at].Add(column);
    }

    /// <summary>Turns the counts of the dictionaries met first into statistics, until <paramref name="left"/> dictionaries are left.</summary>
    private void Settle(int left)
    {
        while (_counting.Count > left)
        {
            var (dictionary, counts) = (_counting[0].Dictionary, _counting[0].Counts);
            for (var code = 0; code < counts.Length; code++)
            {
                if (counts[code] == 0) continue;
                var value = dictionary[code];
                _lengths.Add(value.Length, counts[code]);
                _distinct.Add(Hashing.OfBytes(value));
                _counts.Add(value, counts[code]);
                IncludeExtreme(value);
            }

            _counting.RemoveAt(0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AbsorbFlat(VarColumn column)
    {
        var offsets = column.Offsets;
        var data = column.Data;
        var validity = column.NullCount == 0 ? null : column.Validity;
        var lengths = _lengths;
        for (var row = 0; row < column.Length; row++)
        {
            if (validity is not null && !validity[row]) continue;
            var value = data[offsets[row]..offsets[row + 1]];
            lengths.Add(value.Length);
            _distinct.Add(Hashing.OfBytes(value));
            if (!_counts.IsFull) _counts.Add(value, 1);
            var head = Head(value);
            if (head <= _minHead || head >= _maxHead) IncludeExtreme(value);
        }

        _lengths = lengths;
    }

    private void IncludeExtreme(ReadOnlySpan<byte> value)
    {
        if (_min is null || value.SequenceCompareTo(_min) < 0)
        {
            _min = value.ToArray();
            _minHead = Head(value);
        }

        if (_max is null || value.SequenceCompareTo(_max) > 0)
        {
            _max = value.ToArray();
            _maxHead = Head(value);
        }
    }

    /// <summary>The first eight bytes as a number that orders as they do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Head(ReadOnlySpan<byte> value)
    {
        if (value.Length >= 8) return BinaryPrimitives.ReadUInt64BigEndian(value);
        var head = 0UL;
        for (var i = 0; i < value.Length; i++) head |= (ulong)value[i] << (56 - 8 * i);
        return head;
    }

    private sealed class CodeCounts(ValueDictionary dictionary)
    {
        public readonly ValueDictionary Dictionary = dictionary;
        public long[] Counts = [];

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Add(VarColumn column)
        {
            var count = Dictionary.Count;
            if (Counts.Length < count) Array.Resize(ref Counts, Math.Max(count, Counts.Length * 2));
            var counts = Counts;
            foreach (var code in column.Codes) counts[code]++;
            if (column.NullCount == 0) return;
            var codes = column.Codes;
            var validity = column.Validity!;
            for (var row = 0; row < codes.Length; row++)
                if (!validity[row]) counts[codes[row]]--;
        }
    }
}
