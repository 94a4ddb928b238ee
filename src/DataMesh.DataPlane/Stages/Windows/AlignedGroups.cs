using DataMesh.Core.Columns;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages.Aggregates;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages.Windows;

/// <summary>Tumbling and sliding windows: the start of the window is the first key of a group.</summary>
internal sealed class AlignedGroups(WindowPlan plan) : WindowGroups(plan)
{
    /// <summary>Closed groups are cleared away when there are more of them than open ones, and more than this.</summary>
    private const int ClosedMax = 1024;

    private GroupTable _table = NewTable(plan);
    private long[] _starts = [];
    private bool[] _isOpen = [];
    private int _open;
    private int _removed;
    private long _firstEnd = long.MaxValue;

    public override int Count => _table.Count;

    public override long ByteSize => _table.ByteSize + States.ByteSize + _starts.Length * 9L;

    public override Assigned Assign(ReadOnlySpan<int> rows, ReadOnlySpan<long> times, Column[] keys)
    {
        var assigned = new Assigned();
        var starts = new ColumnBuilder(DataType.Timestamp);
        foreach (var row in rows)
        {
            var last = FloorTo(times[row], Plan.Every);
            if (last + Plan.Size <= Watermark) assigned.Late.Add(row);
            else
            {
                for (var start = Math.Max(FirstStart(times[row], last), FirstOpen(last)); start <= last; start += Plan.Every)
                {
                    assigned.Rows.Add(row);
                    starts.Append(start);
                }

                assigned.Taken++;
            }

            Advance(times[row]);
        }

        using var column = starts.Build();
        Number(assigned, (FixedColumn<long>)column, keys);
        return assigned;
    }

    public override int[] Closed(bool all)
    {
        if (!all && _firstEnd > Watermark) return [];
        var closed = new List<int>();
        _firstEnd = long.MaxValue;
        for (var group = 0; group < _isOpen.Length; group++)
        {
            if (!_isOpen[group]) continue;
            var end = _starts[group] + Plan.Size;
            if (all || end <= Watermark) closed.Add(group);
            else _firstEnd = Math.Min(_firstEnd, end);
        }

        var groups = closed.ToArray();
        _table.Sort(groups);
        return groups;
    }

    public override (long Start, long End) WindowOf(int group) => (_starts[group], _starts[group] + Plan.Size);

    public override Column BuildKey(int key, ReadOnlySpan<int> groups) => _table.Build(key + 1, groups);

    public override void Remove(ReadOnlySpan<int> groups)
    {
        foreach (var group in groups) _isOpen[group] = false;
        _open -= groups.Length;
        _removed += groups.Length;
        if (_removed > ClosedMax && _removed > _open) ClearAway();
    }

    public override void Save(StateWriter writer)
    {
        writer.Int64(Watermark);
        var groups = OpenGroups();
        for (var key = 0; key <= Plan.Aggregate.Keys.Count; key++)
        {
            using var column = _table.Build(key, groups);
            ColumnState.Write(writer, column);
        }

        States.Save(writer, groups);
    }

    public override void Restore(StateReader reader)
    {
        Watermark = reader.Int64();
        Begin();
        var keys = new Column[Plan.Aggregate.Keys.Count + 1];
        for (var key = 0; key < keys.Length; key++) keys[key] = ColumnState.Read(reader, key == 0 ? DataType.Timestamp : Plan.Aggregate.Keys[key - 1].Type);
        States.Restore(reader, Take(keys), Count);
    }

    private static GroupTable NewTable(WindowPlan plan) => new([DataType.Timestamp, .. plan.Aggregate.Keys.Select(each => each.Type)]);

    private static long FloorTo(long time, long step) => time - ((time % step) + step) % step;

    /// <summary>Start of the first window that holds a time.</summary>
    private long FirstStart(long time, long last) => last - (Plan.Size - 1 - (time - last)) / Plan.Every * Plan.Every;

    /// <summary>Start of the first window that the watermark has not closed, counted from one that it has not.</summary>
    private long FirstOpen(long last) => Watermark == long.MinValue ? long.MinValue : last - (last + Plan.Size - Watermark - 1) / Plan.Every * Plan.Every;

    private void Number(Assigned assigned, FixedColumn<long> starts, Column[] keys)
    {
        var rows = assigned.Rows.ToArray();
        var columns = new Column[keys.Length + 1];
        columns[0] = starts.Share();
        for (var key = 0; key < keys.Length; key++) columns[key + 1] = keys[key].Take(rows);
        var groups = Take(columns);
        assigned.Groups.AddRange(groups);
    }

    /// <summary>Numbers the groups of rows given by their keys, and opens those that are new. Takes the columns.</summary>
    private int[] Take(Column[] columns)
    {
        var groups = new int[columns[0].Length];
        _table.Assign(columns, groups);
        if (_starts.Length < Count)
        {
            Array.Resize(ref _starts, Math.Max(Count, _starts.Length * 2));
            Array.Resize(ref _isOpen, _starts.Length);
        }

        var starts = ((FixedColumn<long>)columns[0]).Values;
        for (var i = 0; i < groups.Length; i++)
        {
            if (_isOpen[groups[i]]) continue;
            _isOpen[groups[i]] = true;
            _open++;
            _starts[groups[i]] = starts[i];
            _firstEnd = Math.Min(_firstEnd, starts[i] + Plan.Size);
        }

        foreach (var column in columns) column.Dispose();
        return groups;
    }

    private int[] OpenGroups() => [.. Enumerable.Range(0, _isOpen.Length).Where(group => _isOpen[group])];

    private void Begin()
    {
        _table = NewTable(Plan);
        (_starts, _isOpen, _open, _removed, _firstEnd) = ([], [], 0, 0, long.MaxValue);
        States = new AccumulatorSet(Plan.Aggregate.Accumulators);
    }

    private void ClearAway()
    {
        var groups = OpenGroups();
        var (table, states) = (_table, States);
        var columns = new Column[Plan.Aggregate.Keys.Count + 1];
        for (var key = 0; key < columns.Length; key++) columns[key] = table.Build(key, groups);
        var map = new int[table.Count];
        Array.Fill(map, -1);
        Begin();
        var numbers = Take(columns);
        for (var i = 0; i < groups.Length; i++) map[groups[i]] = numbers[i];
        States.Merge(states, map, Count);
    }
}
