using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Tests.Stages;

/// <summary>Throws everything away.</summary>
internal sealed class NullOutput : StageOutput
{
    public override void Emit(RecordBatch batch, int output = 0) => batch.Dispose();

    public override void Quarantine(RecordBatch batch, ReadOnlySpan<int> rows, string reason, string? rule = null, Func<int, string?>? detail = null)
    {
    }

    public override void Count(LedgerTerm term, long rows)
    {
    }
}
