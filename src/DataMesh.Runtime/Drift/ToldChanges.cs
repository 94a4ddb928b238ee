using DataMesh.Core.Columns;
using DataMesh.Core.Drift;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Drift;

/// <summary>
/// What committed epochs told of splits that are read half: such a split goes on showing it, in every epoch that reads on in it, and it is told once.
/// </summary>
internal sealed class ToldChanges
{
    private List<DriftEvent> _events = [];

    /// <summary>What recovery finds: the events of the epochs through which a split stayed open.</summary>
    public static ToldChanges From(PipelineRun run)
    {
        if (run.Recovered.Open.Count == 0) return new ToldChanges();
        var open = run.Recovered.Open.Values.Select(split => (split.Source, split.Split)).ToHashSet();
        var epochs = run.Account.Chain(run.LastManifest).TakeWhile(manifest => manifest.Open.Any(split => open.Contains((split.Source, split.Split))));
        return new ToldChanges { _events = [.. epochs.SelectMany(manifest => manifest.Drift)] };
    }

    /// <summary>Whether nothing was told that a split could show again.</summary>
    public bool IsEmpty => _events.Count == 0;

    /// <summary>Nothing counts any more: everything is read again.</summary>
    public void Clear() => _events = [];

    /// <summary>An epoch is over; only splits that stay open matter from here on.</summary>
    public void Conclude(IEnumerable<DriftEvent> events, Func<DriftEvent, bool> staysOpen) => _events = [.. _events.Concat(events).Where(staysOpen)];

    /// <summary>Whether a change that a value shows was told of its split before.</summary>
    public bool Knows(string source, DriftEntry entry) => _events.Exists(told =>
        told.Source == source && told.Split == entry.View.Split.Name && told.Kind == entry.Change.Kind && told.Column == entry.Change.Column && Covers(told.After, entry));

    /// <summary>A value that asks for a wider type than the one that was told is another change.</summary>
    private static bool Covers(string? told, DriftEntry entry) => told == entry.Change.After || (entry.Change.Kind == DriftKind.TypeChanged
        && told is not null && DataType.TryParse(told, out var type) && TypeLattice.Join(type, entry.Found) == type);
}
