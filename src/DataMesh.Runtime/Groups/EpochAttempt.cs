using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Ledger;

namespace DataMesh.Runtime.Groups;

/// <summary>One attempt at an epoch: how far the instances have come, and their parts.</summary>
internal sealed class EpochAttempt(PartOrder order, int tasks, LocalExchange? exchange) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly long[] _bytes = new long[tasks];
    private readonly PartReport?[] _parts = new PartReport?[tasks];
    private readonly Action?[] _discards = new Action?[tasks];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<PartVerdict> _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _ends;
    private volatile bool _givesUp;

    /// <summary>How it is read.</summary>
    public PartOrder Order { get; } = order;

    /// <summary>What crosses between the instances; null where they need nothing of one another.</summary>
    public IExchange? Exchange => exchange;

    /// <summary>Whether it is the first one at its epoch: instances still hold what they held at the end of the one before.</summary>
    public bool IsFirst { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it began, by a clock that only goes forward.</summary>
    public required long StartedStamp { get; init; }

    /// <summary>Whether a barrier has come: instances stage what they have.</summary>
    public bool Ends => _ends;

    /// <summary>Whether nothing of it will count.</summary>
    public bool GivesUp => _givesUp;

    /// <summary>Completes when every instance has handed its part in.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Completes when it is known what becomes of the parts.</summary>
    public Task<PartVerdict> Verdict => _verdict.Task;

    /// <summary>The parts, in the order of the instances.</summary>
    public IReadOnlyList<PartReport> Parts => [.. _parts.OfType<PartReport>()];

    /// <summary>Ends the epoch.</summary>
    public void End() => _ends = true;

    /// <summary>Notes how many bytes an instance has read; returns how many all have.</summary>
    public long Read(int instance, long bytes)
    {
        Volatile.Write(ref _bytes[instance], bytes);
        var total = 0L;
        for (var i = 0; i < _bytes.Length; i++) total += Volatile.Read(ref _bytes[i]);
        return total;
    }

    /// <summary>Takes a part in. One that must start again ends the reading of the others, unless all widenings are wanted.</summary>
    public void Add(PartReport report, Action discard)
    {
        bool isLast;
        lock (_lock)
        {
            if (_parts[report.Instance] is not null) throw new InvalidOperationException($"The part of task {report.Instance} was handed in before.");
            (_parts[report.Instance], _discards[report.Instance]) = (report, discard);
            isLast = Array.TrueForAll(_parts, part => part is not null);
        }

        if (report.Refused is not null || (report.Widenings.Count > 0 && !Order.ScansForWidenings)) GiveUp();
        if (isLast) _ended.TrySetResult();
    }

    /// <summary>Nothing of it will count: nobody waits for another any more.</summary>
    public void GiveUp()
    {
        _givesUp = true;
        exchange?.GiveUp();
    }

    /// <inheritdoc/>
    public void Dispose() => exchange?.Dispose();

    /// <summary>Says what becomes of the parts.</summary>
    public void Decide(PartVerdict verdict) => _verdict.TrySetResult(verdict);

    /// <summary>Deletes the files of all parts.</summary>
    public void Discard()
    {
        foreach (var discard in _discards) discard?.Invoke();
    }

    /// <summary>The ledger of all parts.</summary>
    public IReadOnlyList<StageCounts> Ledger() => StageCounts.Sum(Parts.Select(part => part.Ledger));

    /// <summary>Counts of all parts by a name: records set aside by reason, notices.</summary>
    public IReadOnlyDictionary<string, long> Sum(Func<PartReport, IReadOnlyDictionary<string, long>> counts)
    {
        var sums = new Dictionary<string, long>();
        foreach (var part in Parts)
            foreach (var (name, count) in counts(part)) sums[name] = sums.GetValueOrDefault(name) + count;
        return sums;
    }
}
