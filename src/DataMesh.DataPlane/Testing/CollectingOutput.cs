using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Testing;

/// <summary>Keeps everything a stage puts out.</summary>
internal sealed class CollectingOutput(IReadOnlyList<Schema> schemas) : StageOutput
{
    private readonly List<RecordBatch>[] _outputs = [.. schemas.Select(_ => new List<RecordBatch>())];
    private readonly List<QuarantinedRow> _quarantined = [];
    private readonly long[] _terms = new long[Enum.GetValues<LedgerTerm>().Length];
    private readonly Dictionary<string, long> _warnings = [];
    private long _in;
    private long _block;
    private long _out;

    /// <summary>The account so far.</summary>
    public StageLedger Ledger => new(
        _in, _terms[(int)LedgerTerm.Created], _out, _terms[(int)LedgerTerm.Filtered], _quarantined.Count,
        _terms[(int)LedgerTerm.Deduplicated], _terms[(int)LedgerTerm.Absorbed]);

    /// <summary>Rows of a block went in.</summary>
    public void CountIn(long rows, int block = 0)
    {
        _in += rows;
        _block = block;
    }

    /// <inheritdoc/>
    public override long BlockNumber => _block;

    /// <inheritdoc/>
    public override void Emit(RecordBatch batch, int output = 0)
    {
        if (!batch.Schema.Equals(schemas[output]))
            throw new InvalidOperationException($"A batch of ({batch.Schema}) came out where ({schemas[output]}) was announced.");
        _out += batch.Length;
        if (batch.Length == 0) batch.Dispose();
        else _outputs[output].Add(batch);
    }

    /// <inheritdoc/>
    public override void Quarantine(RecordBatch batch, ReadOnlySpan<int> rows, string reason, string? rule = null, Func<int, string?>? detail = null)
    {
        if (!QuarantineReasons.All.Contains(reason)) throw new InvalidOperationException($"'{reason}' is not a reason of {nameof(QuarantineReasons)}.");
        using var bad = batch.Take(rows);
        var texts = JsonRows.Write(bad);
        for (var i = 0; i < texts.Count; i++) _quarantined.Add(new QuarantinedRow(texts[i], reason, rule, detail?.Invoke(rows[i])));
    }

    /// <inheritdoc/>
    public override void Count(LedgerTerm term, long rows) => _terms[(int)term] += rows;

    /// <inheritdoc/>
    public override void Warn(string rule, long rows) => _warnings[rule] = _warnings.GetValueOrDefault(rule) + rows;

    /// <summary>The whole of it.</summary>
    public StageRunResult ToResult() => new(schemas, _outputs, _quarantined, Ledger) { Warnings = _warnings };
}
