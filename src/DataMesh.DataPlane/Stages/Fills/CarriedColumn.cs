using DataMesh.Core.Columns;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages.Aggregates;
using DataMesh.DataPlane.Stages.Lookups;

namespace DataMesh.DataPlane.Stages.Fills;

/// <summary>The last value of one column for every group of keys, null where there was none.</summary>
internal sealed class CarriedColumn
{
    private readonly List<int> _touched = [];
    private PickedValue[] _last = [];
    private int[] _places = [];
    private long _bytes;

    /// <summary>Memory held, in bytes.</summary>
    public long ByteSize => _bytes + _last.Length * 52L;

    /// <summary>The column with nulls filled: with a value of the same group before it in the batch, else with the one that was carried to it.</summary>
    public Column Fill(Column column, ReadOnlySpan<int> groups, int groupCount)
    {
        Reserve(groupCount);
        var picks = new int[groups.Length];
        var carried = new ColumnBuilder(column.Type);
        for (var row = 0; row < picks.Length; row++)
        {
            ref var place = ref _places[groups[row]];
            if (place == 0) _touched.Add(groups[row]);
            if (!column.IsNull(row)) place = row + 1;
            else if (place == 0) place = Carry(carried, groups[row], column.Length);
            picks[row] = place > 0 ? place - 1 : -1;
        }

        Remember(column);
        return column.NullCount == 0 || column is NullColumn ? column.Share() : Take(column, carried, picks);
    }

    /// <summary>Writes the values of groups 0 and on.</summary>
    public void Save(StateWriter writer, int groupCount)
    {
        for (var group = 0; group < groupCount; group++) (group < _last.Length ? _last[group] : default).Write(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, for groups under the numbers that they have now.</summary>
    public void Restore(StateReader reader, ReadOnlySpan<int> groups, int groupCount)
    {
        Reserve(groupCount);
        foreach (var group in groups) Set(group, PickedValue.Read(reader));
    }

    /// <summary>A place behind the batch for the carried value of a group; -1 when it has none.</summary>
    private int Carry(ColumnBuilder carried, int group, int length)
    {
        if (!_last[group].Any) return -1;
        _last[group].AppendTo(carried);
        return length + carried.Count;
    }

    private void Remember(Column column)
    {
        foreach (var group in _touched)
        {
            var row = _places[group] - 1;
            _places[group] = 0;
            if (row >= 0 && row < column.Length) Set(group, PickedValue.Of(column, row));
        }

        _touched.Clear();
    }

    private void Set(int group, PickedValue value)
    {
        _bytes += value.ByteSize - _last[group].ByteSize;
        _last[group] = value;
    }

    private static Column Take(Column column, ColumnBuilder carried, int[] picks)
    {
        if (carried.Count == 0) return column.Take(picks);
        using var before = carried.Build();
        if (column is VarColumn texts) return TakeTexts(texts, (VarColumn)before, picks);
        using var all = ColumnJoining.Join(column.Type, [column, before]);
        return all.Take(picks);
    }

    private static Column TakeTexts(VarColumn texts, VarColumn before, int[] picks)
    {
        var taken = new ColumnBuilder(texts.Type);
        foreach (var pick in picks)
        {
            if (pick < 0) taken.AppendNull();
            else taken.Append(pick < texts.Length ? texts[pick] : before[pick - texts.Length]);
        }

        return taken.Build();
    }

    private void Reserve(int groupCount)
    {
        if (_last.Length >= groupCount) return;
        Array.Resize(ref _last, Math.Max(groupCount, _last.Length * 2));
        Array.Resize(ref _places, _last.Length);
    }
}
