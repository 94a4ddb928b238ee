using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Testing;

/// <summary>A row that a stage set aside.</summary>
/// <param name="Row">The row as a JSON object, as it came into the stage.</param>
/// <param name="Reason">One of <see cref="Core.Components.QuarantineReasons"/>.</param>
/// <param name="Rule">The rule, column or expression that failed.</param>
/// <param name="Detail">What was wrong.</param>
public sealed record QuarantinedRow(string Row, string Reason, string? Rule, string? Detail);

/// <summary>What came out of a stage. Owns the batches.</summary>
public sealed class StageRunResult : IDisposable
{
    internal StageRunResult(IReadOnlyList<Schema> schemas, IReadOnlyList<IReadOnlyList<RecordBatch>> outputs, IReadOnlyList<QuarantinedRow> quarantined, StageLedger ledger)
    {
        Schemas = schemas;
        Outputs = outputs;
        Quarantined = quarantined;
        Ledger = ledger;
    }

    /// <summary>One schema per output.</summary>
    public IReadOnlyList<Schema> Schemas { get; }

    /// <summary>The batches of each output, in the order they were emitted.</summary>
    public IReadOnlyList<IReadOnlyList<RecordBatch>> Outputs { get; }

    /// <summary>The rows set aside, in the order they were.</summary>
    public IReadOnlyList<QuarantinedRow> Quarantined { get; }

    /// <summary>Rows by rule that broke it and went on.</summary>
    public required IReadOnlyDictionary<string, long> Warnings { get; init; }

    /// <summary>The account of the run; it is closed, or the run would have thrown.</summary>
    public StageLedger Ledger { get; }

    /// <summary>The rows of one output as JSON objects.</summary>
    public IReadOnlyList<string> Rows(int output = 0) => [.. Outputs[output].SelectMany(JsonRows.Write)];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var batch in Outputs.SelectMany(batches => batches)) batch.Dispose();
    }
}
