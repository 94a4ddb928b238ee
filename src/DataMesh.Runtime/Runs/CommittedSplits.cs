using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime.Runs;

/// <summary>The splits of all committed epochs that were read to their end.</summary>
public sealed class CommittedSplits
{
    /// <summary>Manifests from one index of finished splits to the next: a start reads no more than these.</summary>
    public const int IndexEvery = 100;

    private readonly Dictionary<(string Source, string Split), SplitPosition> _finished = [];
    private int _manifestsSinceIndex;

    /// <summary>Whether the next manifest should come with an index.</summary>
    public bool IsIndexDue => _manifestsSinceIndex >= IndexEvery - 1;

    /// <summary>The splits.</summary>
    public IReadOnlyCollection<SplitPosition> Finished => _finished.Values;

    /// <summary>Begins with what the targets say.</summary>
    public void Load(Recovered recovered)
    {
        Clear();
        foreach (var (split, position) in recovered.Finished) _finished[split] = position;
        _manifestsSinceIndex = recovered.ManifestsSinceIndex;
    }

    /// <summary>Takes a committed epoch in.</summary>
    public void Add(Manifest manifest)
    {
        foreach (var split in manifest.Finished) _finished[(split.Source, split.Split)] = split;
        _manifestsSinceIndex = manifest.Index is null ? _manifestsSinceIndex + 1 : 0;
    }

    /// <summary>Nothing is committed any more.</summary>
    public void Clear()
    {
        _finished.Clear();
        _manifestsSinceIndex = 0;
    }

    /// <summary>All finished splits once <paramref name="staged"/> is committed.</summary>
    public FinishedIndex ToIndex(StagedEpoch staged)
    {
        var finished = new Dictionary<(string Source, string Split), SplitPosition>(_finished);
        foreach (var split in staged.Finished) finished[(split.Source, split.Split)] = split;
        return new FinishedIndex(staged.Epoch, [.. finished.Values]);
    }
}
