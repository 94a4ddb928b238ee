using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Orleans.Membership;

/// <summary>What the silos are doing, asked of them at most once in a while; what is placed meanwhile is counted here.</summary>
internal sealed class SiloLoads(OrleansHost host)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Arriving = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly Lock _gate = new();
    private Dictionary<SiloAddress, SiloFacts> _known = [];
    private readonly Dictionary<SiloAddress, int> _placed = [];
    private readonly Dictionary<string, (SiloAddress Silo, long At)> _placedTasks = [];
    private long _asked;
    private bool _isKnown;

    /// <summary>Whether all silos answered when they were last asked: what one said earlier is good enough to place a group, not to move one.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>All silos that are active, with what they say of themselves.</summary>
    /// <param name="anew">Whether they are asked even when they were just now.</param>
    public async Task<IReadOnlyDictionary<SiloAddress, SiloFacts>> AskAsync(bool anew = false)
    {
        await _asking.WaitAsync();
        try
        {
            if (!anew && _isKnown && host.Clock.GetElapsedTime(_asked) < Fresh) return _known;
            var facts = await Task.WhenAll(host.ActiveSilos.Select(async silo => (Silo: silo, Facts: await AskAsync(silo))));
            lock (_gate)
            {
                var before = _known;
                IsComplete = facts.All(fact => fact.Facts is not null);
                _known = facts.Select(fact => (fact.Silo, Facts: fact.Facts ?? before.GetValueOrDefault(fact.Silo))).Where(fact => fact.Facts is not null).ToDictionary(fact => fact.Silo, fact => fact.Facts!);
                _placed.Clear();
            }

            (_asked, _isKnown) = (host.Clock.GetTimestamp(), true);
            return _known;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>
    /// The silo with the fewest groups that must be running; for one of several tasks first of all the one with the fewest of these, so that they spread. Null when
    /// none takes anything.
    /// </summary>
    public async Task<SiloAddress?> PlaceAsync(string group, SiloAddress[] candidates)
    {
        await AskAsync();
        var pipeline = GrainGroup.TaskOf(group)?.Pipeline;
        var tasks = pipeline is null ? [] : await TasksAsync(pipeline);
        lock (_gate)
        {
            var siblings = SiblingsOf(group, pipeline, tasks);
            var active = host.ActiveSilos;
            var found = candidates.Where(silo => active.Contains(silo) && !IsLeaving(silo))
                .OrderBy(silo => siblings.GetValueOrDefault(silo)).ThenBy(Load).ThenBy(silo => silo.ToParsableString(), StringComparer.Ordinal).FirstOrDefault();
            if (found is null) return null;
            _placed[found] = _placed.GetValueOrDefault(found) + 1;
            if (pipeline is not null) _placedTasks[group] = (found, host.Clock.GetTimestamp());
            return found;
        }
    }

    /// <summary>How many other tasks of the pipeline each silo has: those that live there, and those that were just placed there and are on their way.</summary>
    private Dictionary<SiloAddress, int> SiblingsOf(string group, string? pipeline, Dictionary<string, SiloAddress> tasks)
    {
        foreach (var (task, placed) in _placedTasks.ToList())
        {
            if (host.Clock.GetElapsedTime(placed.At) > Arriving) _placedTasks.Remove(task);
            else if (GrainGroup.TaskOf(task)?.Pipeline == pipeline) tasks.TryAdd(task, placed.Silo);
        }

        tasks.Remove(group);
        return tasks.Values.CountBy(silo => silo).ToDictionary();
    }

    private async Task<Dictionary<string, SiloAddress>> TasksAsync(string pipeline)
    {
        var tasks = new Dictionary<string, SiloAddress>();
        foreach (var (silo, groups) in await Task.WhenAll(host.ActiveSilos.Select(async silo => (silo, Tasks: await TasksAsync(silo, pipeline)))))
            foreach (var group in groups) tasks[group] = silo;
        return tasks;
    }

    private async Task<string[]> TasksAsync(SiloAddress silo, string pipeline)
    {
        if (silo.Equals(host.Silo)) return host.TasksOf(pipeline);
        try
        {
            return await host.Services.At(silo).TasksAsync(pipeline).WaitAsync(Patience);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            return [];
        }
    }

    private bool IsLeaving(SiloAddress silo) => silo.Equals(host.Silo) ? host.IsLeaving : _known.TryGetValue(silo, out var facts) && facts.IsLeaving;

    /// <summary>A silo that has said nothing yet may have anything to do.</summary>
    private int Load(SiloAddress silo)
    {
        if (silo.Equals(host.Silo)) return Math.Max(_known.GetValueOrDefault(silo)?.Running ?? 0, host.Describe().Running) + _placed.GetValueOrDefault(silo);
        return _known.TryGetValue(silo, out var facts) ? facts.Running + _placed.GetValueOrDefault(silo) : int.MaxValue;
    }

    private async Task<SiloFacts?> AskAsync(SiloAddress silo)
    {
        if (silo.Equals(host.Silo)) return host.Describe();
        try
        {
            return await host.Services.At(silo).DescribeAsync().WaitAsync(Patience);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            return null;
        }
    }
}
