using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary><c>count_distinct</c>: every pair of group and value is remembered, so memory grows with them.</summary>
internal sealed class ExactDistinctAccumulator(DataType type) : Accumulator
{
    private readonly KeyEncoder _values = KeyEncoder.For(type);
    private readonly IntegerTable _pairs = new();
    private long[] _counts = [];
    private int[] _codes = [];

    public override long ByteSize => _values.ByteSize + _pairs.ByteSize + _counts.Length * 8L;

    /// <summary>Distinct values of a group that are not null.</summary>
    public long Of(int group) => group < _counts.Length ? _counts[group] : 0;

    public override void Absorb(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Reserve(ref _counts, groupCount);
        if (_codes.Length < groups.Length) _codes = new int[groups.Length];
        var codes = _codes.AsSpan(0, groups.Length);
        _values.Encode(arguments[0], codes);
        for (var i = 0; i < groups.Length; i++)
            if (codes[i] != 0) Add(groups[i], codes[i]);
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> map, int groupCount)
    {
        Reserve(ref _counts, groupCount);
        var theirs = (ExactDistinctAccumulator)other;
        var codes = _values.Absorb(theirs._values);
        foreach (var pair in theirs._pairs.Keys) Add(map[(int)(pair >> 32)], codes[(int)pair]);
    }

    private void Add(int group, int code)
    {
        var before = _pairs.Count;
        if (_pairs.Add((ulong)group << 32 | (uint)code) == before) _counts[group]++;
    }
}
