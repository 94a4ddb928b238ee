using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages.Keys;

namespace DataMesh.DataPlane.Stages.Fills;

/// <summary>Puts the last value before, in source order, in place of nulls. The last values are kept from epoch to epoch and from run to run.</summary>
internal sealed class PreviousWorker(PreviousPlan plan, StageWorker then, StateBudget budget) : StageWorker
{
    private readonly CarriedGroup[] _groups = [.. plan.Groups.Select(group => new CarriedGroup(group, plan.Input))];
    private long _held;
    private bool _hasChanged;

    public override void Process(RecordBatch batch, StageOutput output)
    {
        if (batch.Length == 0)
        {
            then.Process(batch, output);
            return;
        }

        RecordBatch filled;
        using (batch)
        {
            var columns = new Column?[plan.Input.Count];
            foreach (var group in _groups) group.Fill(batch, columns);
            filled = new RecordBatch(plan.Input, [.. columns.Select((column, i) => column ?? batch[i].Share())], batch.Length, batch.Origin?.Share());
        }

        _hasChanged = true;
        TrackMemory();
        then.Process(filled, output);
    }

    public override SavedState SaveState(StateWriter writer, bool whole)
    {
        if (!whole && !_hasChanged) return SavedState.Unchanged;
        foreach (var group in _groups) group.Save(writer);
        _hasChanged = false;
        return SavedState.Whole;
    }

    public override void RestoreState(StateReader reader)
    {
        foreach (var group in _groups) group.Restore(reader);
        TrackMemory();
    }

    private void TrackMemory()
    {
        var held = _groups.Sum(group => group.ByteSize);
        budget.Change(held - _held);
        _held = held;
    }
}
