namespace DataMesh.DataPlane.Ledger;

/// <summary>
/// The ledger's line of one node: <c>In + Created = Out + Filtered + Quarantined + Deduplicated + Absorbed</c>.
/// For a source, In counts records found; for a sink, Out counts rows written.
/// </summary>
public sealed record StageCounts(
    string Id, string Type, long In, long Created, long Out, long Filtered, long Quarantined, long Deduplicated, long Absorbed)
{
    /// <summary>Whether the equation holds.</summary>
    public bool Closes => In + Created == Out + Filtered + Quarantined + Deduplicated + Absorbed;

    /// <summary>The lines of several parts of one pipeline, added up node by node, in the order of the first part.</summary>
    public static IReadOnlyList<StageCounts> Sum(IEnumerable<IReadOnlyList<StageCounts>> parts)
    {
        var sums = new List<StageCounts>();
        foreach (var line in parts.SelectMany(lines => lines))
        {
            var at = sums.FindIndex(known => known.Id == line.Id);
            if (at < 0) sums.Add(line);
            else sums[at] += line;
        }

        return sums;
    }

    /// <summary>Adds the counts of another epoch of the same node.</summary>
    public static StageCounts operator +(StageCounts a, StageCounts b) => a with
    {
        In = a.In + b.In,
        Created = a.Created + b.Created,
        Out = a.Out + b.Out,
        Filtered = a.Filtered + b.Filtered,
        Quarantined = a.Quarantined + b.Quarantined,
        Deduplicated = a.Deduplicated + b.Deduplicated,
        Absorbed = a.Absorbed + b.Absorbed,
    };
}
