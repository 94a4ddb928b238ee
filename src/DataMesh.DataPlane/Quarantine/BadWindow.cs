using System.Globalization;
using System.Text;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.DataPlane.Quarantine;

/// <summary>
/// Counts the records that are set aside among the last so many, in source order, and stops the run when there are too many. It lives across epochs;
/// an epoch that starts again goes back to where it began.
/// </summary>
public sealed class BadWindow(BadRecordLimit limit)
{
    private const int ExamplesMax = 3;
    private const int ShownMax = 120;

    private readonly Queue<long> _bad = new();
    private readonly Dictionary<string, long> _reasons = [];
    private readonly List<BadRecord> _examples = [];
    private long[] _savedBad = [];
    private long _savedSeen;
    private long _seen;

    /// <summary>Whether the limit was passed.</summary>
    public bool IsExceeded { get; private set; }

    /// <summary>Goes back to the end of the last epoch.</summary>
    internal void Restore()
    {
        _bad.Clear();
        foreach (var number in _savedBad) _bad.Enqueue(number);
        _seen = _savedSeen;
        _reasons.Clear();
        _examples.Clear();
    }

    /// <summary>Keeps where an epoch ended: its rows count.</summary>
    public void Save() => (_savedBad, _savedSeen) = ([.. _bad], _seen);

    /// <summary>Takes in the records of a block, in source order, and those of them that were set aside. Throws when there are too many.</summary>
    internal void See(long records, IReadOnlyList<BadRecord> bad)
    {
        long? last = null;
        foreach (var record in bad.OrderBy(record => record.Record < 0 ? long.MaxValue : record.Record))
        {
            var number = _seen + Math.Clamp(record.Record < 0 ? records - 1 : record.Record, 0, Math.Max(records - 1, 0));
            _reasons[record.Reason] = _reasons.GetValueOrDefault(record.Reason) + 1;
            if (_examples.Count < ExamplesMax) _examples.Add(record);
            // Several rows of one record count once.
            if (record.Record >= 0 && last == number) continue;
            last = number;
            _bad.Enqueue(number);
            while (_bad.Peek() <= number - limit.Window) _bad.Dequeue();
            if (_bad.Count > limit.Bad) throw Exceeded();
        }

        _seen += records;
    }

    private DataMeshException Exceeded()
    {
        IsExceeded = true;
        var reasons = string.Join(", ", _reasons.OrderByDescending(each => each.Value).Select(each => $"{each.Value} {each.Key}"));
        var text = new StringBuilder($"In this epoch: {reasons}.");
        foreach (var example in _examples) text.Append(CultureInfo.InvariantCulture, $"\n  {Show(example)}");
        return new DataMeshException(
            string.Create(CultureInfo.InvariantCulture, $"The run was stopped: more than {limit.Bad} of {limit.Window} consecutive records would be set aside (stop_when: {limit.Text})."),
            detail: text.ToString(), hint: "nothing of this epoch was committed; correct the source or the pipeline file and run again, or raise quarantine.stop_when");
    }

    private static string Show(BadRecord record)
    {
        var text = Encoding.UTF8.GetString(record.Bytes.AsSpan(0, Math.Min(record.Bytes.Length, ShownMax)));
        var place = record.SourceName is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{record.SourceName} @ {record.Position}: ");
        return $"{place}{record.Reason}{(record.Rule is null ? "" : " " + record.Rule)}: {record.Detail ?? ""} | {string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c))}";
    }
}
