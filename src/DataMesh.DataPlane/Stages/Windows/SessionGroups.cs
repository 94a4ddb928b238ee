using DataMesh.Core.Columns;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages.Aggregates;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages.Windows;

/// <summary>
/// Sessions: rows of the same keys that are less than the gap apart. A row that comes late can join two sessions into one; the group of the younger then
/// goes into that of the older.
/// </summary>
internal sealed class SessionGroups(WindowPlan plan) : WindowGroups(plan)
{
    private const int ClosedMax = 1024;

    private readonly List<Session> _sessions = [];
    private GroupTable _keys = NewTable(plan);
    private List<int>?[] _openByKey = [];
    private int _open;
    private bool _hasJoined;
    private long _firstEnd = long.MaxValue;

    public override int Count => _sessions.Count;

    public override long ByteSize => _keys.ByteSize + States.ByteSize + _sessions.Count * 88L + _openByKey.Length * 8L;

    public override Assigned Assign(ReadOnlySpan<int> rows, ReadOnlySpan<long> times, Column[] keys)
    {
        var assigned = new Assigned();
        var numbers = new int[times.Length];
        _keys.Assign(keys, numbers);
        if (_openByKey.Length < _keys.Count) Array.Resize(ref _openByKey, Math.Max(_keys.Count, _openByKey.Length * 2));
        foreach (var row in rows)
        {
            var time = times[row];
            var session = Find(numbers[row], time);
            if (session < 0 && time + Plan.Gap <= Watermark) assigned.Late.Add(row);
            else
            {
                if (session < 0) session = Begin(numbers[row], time);
                assigned.Rows.Add(row);
                assigned.Groups.Add(session);
                assigned.Taken++;
            }

            Advance(time);
        }

        return assigned;
    }

    public override void Settle()
    {
        if (_hasJoined) Renumber();
    }

    public override int[] Closed(bool all)
    {
        if (!all && _firstEnd > Watermark) return [];
        var closed = new List<int>();
        _firstEnd = long.MaxValue;
        for (var group = 0; group < _sessions.Count; group++)
        {
            if (!_sessions[group].IsOpen) continue;
            var end = _sessions[group].Last + Plan.Gap;
            if (all || end <= Watermark) closed.Add(group);
            else _firstEnd = Math.Min(_firstEnd, end);
        }

        return [.. closed.OrderBy(group => _sessions[group].First).ThenBy(group => group)];
    }

    public override (long Start, long End) WindowOf(int group) => (_sessions[group].First, _sessions[group].Last + Plan.Gap);

    public override Column BuildKey(int key, ReadOnlySpan<int> groups) => _keys.Build(key, KeysOf(groups));

    public override void Remove(ReadOnlySpan<int> groups)
    {
        foreach (var group in groups)
        {
            _sessions[group].IsOpen = false;
            _openByKey[_sessions[group].Key]!.Remove(group);
        }

        _open -= groups.Length;
        if (_sessions.Count - _open > ClosedMax && _sessions.Count > 2 * _open) Renumber();
    }

    public override void Save(StateWriter writer)
    {
        writer.Int64(Watermark);
        var groups = OpenGroups();
        writer.Int32(groups.Length);
        foreach (var group in groups)
        {
            writer.Int64(_sessions[group].First);
            writer.Int64(_sessions[group].Last);
        }

        for (var key = 0; key < Plan.Aggregate.Keys.Count; key++)
        {
            using var column = BuildKey(key, groups);
            ColumnState.Write(writer, column);
        }

        States.Save(writer, groups);
    }

    public override void Restore(StateReader reader)
    {
        Watermark = reader.Int64();
        var spans = new (long First, long Last)[reader.Count(16)];
        for (var i = 0; i < spans.Length; i++) spans[i] = (reader.Int64(), reader.Int64());
        var keys = new Column[Plan.Aggregate.Keys.Count];
        for (var key = 0; key < keys.Length; key++) keys[key] = ColumnState.Read(reader, Plan.Aggregate.Keys[key].Type);
        Load(spans, keys);
        States.Restore(reader, OpenGroups(), Count);
    }

    private static GroupTable NewTable(WindowPlan plan) => new([.. plan.Aggregate.Keys.Select(each => each.Type)]);

    /// <summary>The open session that a row belongs to, stretched to it; -1 when there is none.</summary>
    private int Find(int key, long time)
    {
        if (_openByKey[key] is not { } open) return -1;
        var found = -1;
        for (var i = 0; i < open.Count; i++)
        {
            var session = _sessions[open[i]];
            if (session.Last + Plan.Gap <= Watermark || time <= session.First - Plan.Gap || time >= session.Last + Plan.Gap) continue;
            if (found < 0) found = open[i];
            else
            {
                Join(_sessions[found], session, found);
                open.RemoveAt(i--);
            }
        }

        if (found >= 0) _sessions[found].Stretch(time, time);
        return found;
    }

    private void Join(Session into, Session session, int number)
    {
        into.Stretch(session.First, session.Last);
        session.IsOpen = false;
        session.Into = number;
        _open--;
        _hasJoined = true;
    }

    private int Begin(int key, long time)
    {
        _sessions.Add(new Session { Key = key, First = time, Last = time });
        (_openByKey[key] ??= []).Add(_sessions.Count - 1);
        _open++;
        _firstEnd = Math.Min(_firstEnd, time + Plan.Gap);
        return _sessions.Count - 1;
    }

    private int[] OpenGroups() => [.. Enumerable.Range(0, _sessions.Count).Where(group => _sessions[group].IsOpen)];

    private int[] KeysOf(ReadOnlySpan<int> groups)
    {
        var keys = new int[groups.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = _sessions[groups[i]].Key;
        return keys;
    }

    /// <summary>Begins with these sessions. Takes the columns.</summary>
    private void Load((long First, long Last)[] spans, Column[] keys)
    {
        var numbers = new int[spans.Length];
        _keys = NewTable(Plan);
        _keys.Assign(keys, numbers);
        foreach (var column in keys) column.Dispose();
        _sessions.Clear();
        _openByKey = new List<int>?[_keys.Count];
        (_open, _hasJoined, _firstEnd) = (0, false, long.MaxValue);
        for (var i = 0; i < spans.Length; i++)
        {
            var session = Begin(numbers[i], spans[i].First);
            _sessions[session].Last = spans[i].Last;
        }

        States = new AccumulatorSet(Plan.Aggregate.Accumulators);
    }

    /// <summary>Numbers the open sessions anew, and takes the states of those that joined them over.</summary>
    private void Renumber()
    {
        var groups = OpenGroups();
        var map = new int[_sessions.Count];
        Array.Fill(map, -1);
        for (var i = 0; i < groups.Length; i++) map[groups[i]] = i;
        for (var group = 0; group < map.Length; group++)
        {
            var root = group;
            while (_sessions[root].Into is { } into) root = into;
            map[group] = map[root];
        }

        var spans = Array.ConvertAll(groups, group => (_sessions[group].First, _sessions[group].Last));
        var keys = new Column[Plan.Aggregate.Keys.Count];
        for (var key = 0; key < keys.Length; key++) keys[key] = BuildKey(key, groups);
        var states = States;
        Load(spans, keys);
        States.Merge(states, map, Count);
    }

    private sealed class Session
    {
        public required int Key { get; init; }

        public required long First { get; set; }

        public required long Last { get; set; }

        public bool IsOpen { get; set; } = true;

        /// <summary>The session that it has gone into.</summary>
        public int? Into { get; set; }

        public void Stretch(long first, long last) => (First, Last) = (Math.Min(First, first), Math.Max(Last, last));
    }
}
