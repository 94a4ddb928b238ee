using DataMesh.Core.Components;
using DataMesh.DataPlane.Graph;

namespace DataMesh.DataPlane.Ledger;

/// <summary>
/// Counts rows per node and term. Each core and each morsel counts into its own; they are added up where the order is known,
/// so that a barrier cuts the ledger exactly where it cuts the rows.
/// </summary>
public sealed class LedgerCounters(int nodes)
{
    private const int Terms = 7;
    private readonly long[] _counts = new long[nodes * Terms];

    /// <summary>Number of nodes.</summary>
    public int Nodes { get; } = nodes;

    /// <summary>Rows that came into a node (for a source: records found).</summary>
    public ref long In(int node) => ref _counts[node * Terms];

    /// <summary>Rows that left a node towards its consumers (for a sink: rows written).</summary>
    public ref long Out(int node) => ref _counts[node * Terms + 1];

    /// <summary>Records that a node set aside.</summary>
    public ref long Quarantined(int node) => ref _counts[node * Terms + 2];

    /// <summary>The other terms.</summary>
    public ref long Term(int node, LedgerTerm term) => ref _counts[node * Terms + 3 + (int)term];

    /// <summary>Adds another's counts to this one's.</summary>
    public void Add(LedgerCounters other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
    }

    /// <summary>Sets all counts to zero.</summary>
    public void Clear() => Array.Clear(_counts);

    /// <summary>The ledger's lines in the order of the graph.</summary>
    public IReadOnlyList<StageCounts> Lines(BoundGraph graph) => [.. graph.NodeNames.Select((node, i) => new StageCounts(
        node.Id, node.Type, In(i), Term(i, LedgerTerm.Created), Out(i), Term(i, LedgerTerm.Filtered), Quarantined(i),
        Term(i, LedgerTerm.Deduplicated), Term(i, LedgerTerm.Absorbed)))];
}
