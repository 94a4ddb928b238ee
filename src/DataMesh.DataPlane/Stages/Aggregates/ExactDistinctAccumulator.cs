using DataMesh.Core.Columns;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages.Shared;

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
        foreach (var pair in theirs._pairs.Keys)
            if (map[(int)(pair >> 32)] is >= 0 and var group) Add(group, codes[(int)pair]);
    }

    public override void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        var all = Enumerable.Range(1, _values.Count - 1).ToArray();
        using (var values = _values.Build(all)) ColumnState.Write(writer, values);
        var places = new Dictionary<int, int>(groups.Length);
        for (var i = 0; i < groups.Length; i++) places[groups[i]] = i;
        var pairs = new List<(int Place, int Code)>();
        foreach (var pair in _pairs.Keys)
            if (places.TryGetValue((int)(pair >> 32), out var place)) pairs.Add((place, (int)pair));
        writer.Int32(pairs.Count);
        foreach (var (place, code) in pairs)
        {
            writer.Int32(place);
            writer.Int32(code);
        }
    }

    public override void Restore(StateReader reader, ReadOnlySpan<int> groups, int groupCount)
    {
        Reserve(ref _counts, groupCount);
        using var values = ColumnState.Read(reader, _values.Type);
        var codes = new int[values.Length];
        _values.Encode(values, codes);
        for (var left = reader.Count(8); left > 0; left--) Add(groups[reader.Int32()], codes[reader.Int32() - 1]);
    }

    private void Add(int group, int code)
    {
        var before = _pairs.Count;
        if (_pairs.Add((ulong)group << 32 | (uint)code) == before) _counts[group]++;
    }
}
