using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Profiles;

/// <summary>Profiles booleans: the value bits of nulls are zero, so counting ones is enough.</summary>
internal sealed class FlagProfiler() : ColumnProfiler(DataType.Bool)
{
    private long _trues;

    public override long ByteSize => 8;

    protected override void AbsorbValues(Column column) => _trues += ((BoolColumn)column).Values.CountOnes();

    protected override void MergeValues(ColumnProfiler other) => _trues += ((FlagProfiler)other)._trues;

    protected override ColumnProfile Complete(ColumnProfile profile)
    {
        var known = Count - Nulls;
        if (known == 0) return profile;
        var falses = known - _trues;
        ValueCount[] both = [new("true", _trues), new("false", falses)];
        return profile with
        {
            Distinct = both.Count(each => each.Count > 0),
            Min = falses > 0 ? "false" : "true",
            Max = _trues > 0 ? "true" : "false",
            TrueFraction = (double)_trues / known,
            Top = [.. both.Where(each => each.Count > 0).OrderByDescending(each => each.Count).ThenBy(each => each.Value, StringComparer.Ordinal)],
        };
    }
}
