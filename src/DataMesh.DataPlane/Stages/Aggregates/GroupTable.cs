using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>
/// Numbers the groups that the rows of the batches belong to. Each key column is encoded by itself; the codes of several columns are paired from left to
/// right, each pair with a number of its own. Without key columns everything is group 0.
/// </summary>
internal sealed class GroupTable
{
    private readonly KeyEncoder[] _encoders;
    private readonly IntegerTable[] _pairs;
    private int[] _codes = [];

    public GroupTable(IReadOnlyList<DataType> keys)
    {
        _encoders = [.. keys.Select(KeyEncoder.For)];
        _pairs = [.. keys.Skip(1).Select(_ => new IntegerTable())];
    }

    /// <summary>One above the largest group number. Not every number has rows.</summary>
    public int Count => _encoders.Length == 0 ? 1 : _pairs.Length == 0 ? _encoders[0].Count : _pairs[^1].Count;

    /// <summary>Memory held, in bytes.</summary>
    public long ByteSize => _encoders.Sum(each => each.ByteSize) + _pairs.Sum(each => each.ByteSize);

    /// <summary>Writes the group of every row.</summary>
    public void Assign(ReadOnlySpan<Column> keys, Span<int> groups)
    {
        if (_encoders.Length == 0)
        {
            groups.Clear();
            return;
        }

        _encoders[0].Encode(keys[0], groups);
        if (_pairs.Length > 0 && _codes.Length < groups.Length) _codes = new int[groups.Length];
        for (var key = 1; key < _encoders.Length; key++)
        {
            var codes = _codes.AsSpan(0, groups.Length);
            _encoders[key].Encode(keys[key], codes);
            var table = _pairs[key - 1];
            for (var i = 0; i < groups.Length; i++) groups[i] = table.Add((ulong)groups[i] << 32 | (uint)codes[i]);
        }
    }

    /// <summary>Takes over the groups of another; the result maps its group numbers to numbers of this one.</summary>
    public int[] Absorb(GroupTable other)
    {
        if (_encoders.Length == 0) return [0];
        var map = _encoders[0].Absorb(other._encoders[0]);
        for (var key = 1; key < _encoders.Length; key++)
        {
            var codes = _encoders[key].Absorb(other._encoders[key]);
            var pairs = other._pairs[key - 1].Keys;
            var next = new int[pairs.Length];
            for (var i = 0; i < pairs.Length; i++)
                next[i] = _pairs[key - 1].Add((ulong)map[(int)(pairs[i] >> 32)] << 32 | (uint)codes[(int)pairs[i]]);
            map = next;
        }

        return map;
    }

    /// <summary>Sorts group numbers by their keys, from left to right, nulls last.</summary>
    public void Sort(int[] groups)
    {
        var codes = new int[_encoders.Length][];
        for (var key = 0; key < codes.Length; key++) codes[key] = CodesOf(key, groups);
        var order = Enumerable.Range(0, groups.Length).ToArray();
        Array.Sort(order, (a, b) =>
        {
            for (var key = 0; key < codes.Length; key++)
            {
                var compared = _encoders[key].Compare(codes[key][a], codes[key][b]);
                if (compared != 0) return compared;
            }

            return 0;
        });
        var sorted = Array.ConvertAll(order, at => groups[at]);
        sorted.CopyTo(groups, 0);
    }

    /// <summary>A column of one key's values.</summary>
    public Column Build(int key, ReadOnlySpan<int> groups) => _encoders[key].Build(CodesOf(key, groups));

    private int[] CodesOf(int key, ReadOnlySpan<int> groups)
    {
        var codes = new int[groups.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            var number = groups[i];
            for (var level = _pairs.Length - 1; level >= key; level--) number = (int)(_pairs[level].Keys[number] >> 32);
            codes[i] = key == 0 ? number : (int)_pairs[key - 1].Keys[number];
        }

        return codes;
    }
}
