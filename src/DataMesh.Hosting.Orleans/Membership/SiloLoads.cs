using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Orleans.Membership;

/// <summary>What the silos are doing, asked of them at most once in a while; what was placed and has not arrived yet is counted here.</summary>
internal sealed class SiloLoads(OrleansHost host)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Arriving = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly Lock _gate = new();
    private Dictionary<SiloAddress, SiloFacts> _known = [];
    private readonly Dictionary<string, (SiloAddress Silo, long At)> _placed = [];
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
            var facts = await Task.WhenAll(host.ActiveSilos.Select(async silo => (Silo: silo, Facts: await AskAsync(silo, PlacedOn(silo)))));
            lock (_gate)
            {
                var before = _known;
                IsComplete = facts.All(fact => fact.Facts is not null);
                _known = facts.Select(fact => (fact.Silo, Facts: fact.Facts ?? before.GetValueOrDefault(fact.Silo))).Where(fact => fact.Facts is not null).ToDictionary(fact => fact.Silo, fact => fact.Facts!);
                // What was placed counts until it is counted where it went, or was there for a while and need not run, or has not arrived for too long.
                foreach (var group in facts.SelectMany(fact => fact.Facts?.Counted ?? [])) _placed.Remove(group);
                foreach (var group in facts.SelectMany(fact => fact.Facts?.Idle ?? []).Where(group => IsOlder(group, Settling))) _placed.Remove(group);
                foreach (var group in _placed.Keys.Where(group => IsOlder(group, Arriving)).ToList()) _placed.Remove(group);
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
            _placed[group] = (found, host.Clock.GetTimestamp());
            return found;
        }
    }

    /// <summary>Notes that a group goes to a silo.</summary>
    public void Note(string group, SiloAddress silo)
    {
        lock (_gate) _placed[group] = (silo, host.Clock.GetTimestamp());
    }

    /// <summary>How many other tasks of the pipeline each silo has: those that live there, and those that were just placed there and are on their way.</summary>
    private Dictionary<SiloAddress, int> SiblingsOf(string group, string? pipeline, Dictionary<string, SiloAddress> tasks)
    {
        foreach (var (task, placed) in _placed)
            if (pipeline is not null && GrainGroup.TaskOf(task)?.Pipeline == pipeline) tasks.TryAdd(task, placed.Silo);
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

    private bool IsOlder(string group, TimeSpan time) => _placed.TryGetValue(group, out var placed) && host.Clock.GetElapsedTime(placed.At) > time;

    private string[] PlacedOn(SiloAddress silo)
    {
        lock (_gate) return [.. _placed.Where(placed => placed.Value.Silo.Equals(silo)).Select(placed => placed.Key)];
    }

    /// <summary>What must be running on a silo, with what is on its way there. One that has said nothing yet may have anything to do.</summary>
    public int Load(SiloAddress silo)
    {
        var placed = PlacedOn(silo);
        if (silo.Equals(host.Silo))
        {
            var here = host.Describe(placed);
            return here.Running + placed.Length - here.Counted.Length;
        }

        return _known.TryGetValue(silo, out var facts) ? facts.Running + placed.Length : int.MaxValue;
    }

    private async Task<SiloFacts?> AskAsync(SiloAddress silo, string[] placed)
    {
        if (silo.Equals(host.Silo)) return host.Describe(placed);
        try
        {
            return await host.Services.At(silo).DescribeAsync(placed).WaitAsync(Patience);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            return null;
        }
    }
}
