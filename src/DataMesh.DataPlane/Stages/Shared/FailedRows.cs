using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>
/// Collects the rows of one batch that a stage must set aside: each goes to quarantine once, for the first thing that failed, whatever else fails after.
/// </summary>
internal sealed class FailedRows(RecordBatch batch, StageOutput output) : IDisposable
{
    private Bitmap? _all;

    /// <summary>The rows that failed so far; null when none did. Stays owned here.</summary>
    public Bitmap? All => _all;

    /// <summary>Sets the failed rows aside that were not yet. Takes ownership of <paramref name="failed"/>; null means that none failed.</summary>
    public void Add(Bitmap? failed, string reason, string rule, Func<int, string?>? detail = null)
    {
        if (failed is null) return;
        if (_all is null)
        {
            Quarantine(failed, reason, rule, detail);
            _all = failed;
            return;
        }

        failed.AndNot(_all);
        Quarantine(failed, reason, rule, detail);
        _all.Or(failed);
        failed.Dispose();
    }

    /// <summary>Passes on the rows of <paramref name="result"/> (as long as the batch) that did not fail, and gives it up.</summary>
    public void EmitRest(RecordBatch result)
    {
        if (_all is null)
        {
            output.Emit(result);
            return;
        }

        using var keep = _all.Clone();
        keep.Not();
        Kept.Emit(result, keep, output, term: null);
    }

    /// <inheritdoc/>
    public void Dispose() => _all?.Dispose();

    private void Quarantine(Bitmap failed, string reason, string rule, Func<int, string?>? detail)
    {
        var rows = failed.ToIndices();
        if (rows.Length > 0) output.Quarantine(batch, rows, reason, rule, detail);
    }
}
