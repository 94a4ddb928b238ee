using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Flow;

/// <summary>A column of the decoder's batches at which rows are judged.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Name">Its name.</param>
public sealed record JudgedColumn(int Index, string Name);

/// <summary>A column decoded as text although the pipeline knows it by another type, so that values of any type come through.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type that the pipeline expects.</param>
/// <param name="Overflow">Place of the column that takes the texts that do not fit; -1 when they are left out.</param>
public sealed record LooseColumn(int Index, string Name, DataType Type, int Overflow);

/// <summary>Sets rows of a batch aside.</summary>
/// <param name="batch">The batch, which stays the caller's.</param>
/// <param name="rows">The rows.</param>
/// <param name="reason">One of <see cref="QuarantineReasons"/>.</param>
/// <param name="rule">What decided it; null when the reason says all.</param>
/// <param name="detail">Why, for people.</param>
public delegate void SetAsideRows(RecordBatch batch, int[] rows, string reason, string? rule, string detail);

/// <summary>
/// What happens to the rows of one split between decoder and first stage, because its structure is not the one that the pipeline is bound to.
/// The decoder's batches may have more columns at their end than the pipeline knows.
/// </summary>
public sealed record SplitTreatment
{
    /// <summary>The schema that the first stage expects.</summary>
    public required Schema Output { get; init; }

    /// <summary>Which of the decoder's columns each column of <see cref="Output"/> is; null when they are the same.</summary>
    public int[]? Picked { get; init; }

    /// <summary>Every row is set aside under this rule, with this detail.</summary>
    public (string Rule, string Detail)? Diversion { get; init; }

    /// <summary>Position of the one record that is set aside because its beginning was taken in as a record, when the file ended inside it.</summary>
    public long? CutOff { get; init; }

    /// <summary>Rows that have a value in one of these columns are set aside: the column is new and not taken in.</summary>
    public IReadOnlyList<JudgedColumn> Guards { get; init; } = [];

    /// <summary>Rows that have no value in one of these columns are set aside.</summary>
    public IReadOnlyList<JudgedColumn> NotNull { get; init; } = [];

    /// <summary>Rows that have an object or array in one of these text columns are set aside.</summary>
    public IReadOnlyList<JudgedColumn> NotNested { get; init; } = [];

    /// <summary>Columns that take values of any type.</summary>
    public IReadOnlyList<LooseColumn> Loose { get; init; } = [];

    /// <summary>Columns of which the first null is to be told.</summary>
    public IReadOnlyList<JudgedColumn> Watched { get; init; } = [];

    /// <summary>Whether rows of a block may be set aside, so that their bytes are needed.</summary>
    public bool NeedsOriginIn(SourceBlock block) => NeedsOrigin || (CutOff >= block.Start && CutOff < block.End);

    /// <summary>Whether rows are set aside by what they hold.</summary>
    public bool NeedsOrigin => Diversion is not null || Guards.Count > 0 || NotNull.Count > 0 || NotNested.Count > 0;

    /// <summary>
    /// Treats a batch, which it takes: rows to be set aside go to <paramref name="setAside"/>, what the rows show to <paramref name="tell"/>, the rest comes back.
    /// </summary>
    public RecordBatch? Apply(RecordBatch batch, ReadTimes times, SetAsideRows setAside, Action<FindingKind, string, DataType, RecordBatch, int, string?> tell)
    {
        if (Diversion is { } all)
        {
            using (batch) setAside(batch, [.. Enumerable.Range(0, batch.Length)], QuarantineReasons.StructuralDrift, all.Rule, all.Detail);
            return null;
        }

        if (CutOff is { } cutOff) batch = WithoutCutOff(batch, cutOff, setAside);
        batch = WithoutJudged(batch, setAside, tell);
        foreach (var column in Watched)
        {
            if (batch[column.Index].NullCount > 0) tell(FindingKind.Null, column.Name, batch[column.Index].Type, batch, FirstNull(batch[column.Index]), null);
        }

        return ToOutput(batch, times, tell);
    }

    private static RecordBatch WithoutCutOff(RecordBatch batch, long at, SetAsideRows setAside)
    {
        if (batch.Origin is not { } origin || at < origin.Block.Start || at >= origin.Block.End) return batch;
        batch = Keep(batch, row => origin.Block.RecordPosition(origin.RecordOf(row)) != at, out var bad);
        if (bad.Rows.Length > 0) setAside(bad.Batch!, bad.Rows, QuarantineReasons.CutOff, null, "the file ended inside this record when it was read before, and the beginning was taken in as a record");
        bad.Batch?.Dispose();
        return batch;
    }

    private RecordBatch WithoutJudged(RecordBatch batch, SetAsideRows setAside, Action<FindingKind, string, DataType, RecordBatch, int, string?> tell)
    {
        foreach (var guard in Guards)
        {
            batch = Keep(batch, row => batch[guard.Index].IsNull(row), out var bad);
            if (bad.Rows.Length > 0) setAside(bad.Batch!, bad.Rows, QuarantineReasons.StructuralDrift, $"column_added: {guard.Name}", $"has a value in '{guard.Name}', a column that is not taken in");
            bad.Batch?.Dispose();
        }

        foreach (var column in NotNull)
        {
            batch = Keep(batch, row => !batch[column.Index].IsNull(row), out var bad);
            if (bad.Rows.Length > 0)
            {
                tell(FindingKind.Null, column.Name, bad.Batch![column.Index].Type, bad.Batch, bad.Rows[0], null);
                setAside(bad.Batch, bad.Rows, QuarantineReasons.StructuralDrift, $"nullability_changed: {column.Name}", $"has no value in '{column.Name}', which always had one");
            }

            bad.Batch?.Dispose();
        }

        foreach (var column in NotNested)
        {
            batch = Keep(batch, row => !IsNested(batch[column.Index], row), out var bad);
            if (bad.Rows.Length > 0) setAside(bad.Batch!, bad.Rows, QuarantineReasons.StructuralDrift, $"shape_changed: {column.Name}", $"has an object or array in '{column.Name}'");
            bad.Batch?.Dispose();
        }

        return batch;
    }

    /// <summary>Splits a batch; the caller owns both parts. The batch is given back as it is when every row is kept.</summary>
    private static RecordBatch Keep(RecordBatch batch, Func<int, bool> isGood, out (RecordBatch? Batch, int[] Rows) bad)
    {
        bad = (null, []);
        var rows = Enumerable.Range(0, batch.Length).ToLookup(isGood);
        if (!rows[false].Any()) return batch;
        bad = (batch, [.. rows[false]]);
        return batch.Take([.. rows[true]]);
    }

    private RecordBatch ToOutput(RecordBatch batch, ReadTimes times, Action<FindingKind, string, DataType, RecordBatch, int, string?> tell)
    {
        if (Loose.Count == 0 && Picked is null) return batch;
        using (batch)
        {
            var loosened = new Column?[batch.Schema.Count];
            foreach (var loose in Loose) Loosen(batch, loose, loosened, times, tell);
            var columns = new Column[Output.Count];
            for (var i = 0; i < columns.Length; i++)
            {
                var from = Picked is null ? i : Picked[i];
                columns[i] = loosened[from] ?? batch[from].Share();
            }

            return new RecordBatch(Output, columns, batch.Length, batch.Origin?.Share());
        }
    }

    private static void Loosen(RecordBatch batch, LooseColumn loose, Column?[] columns, ReadTimes times, Action<FindingKind, string, DataType, RecordBatch, int, string?> tell)
    {
        var texts = batch[loose.Index];
        Bitmap? failed = null;
        columns[loose.Index] = loose.Type.Kind == TypeKind.Binary ? NoBytes(texts, out failed) : (texts is VarColumn written ? times(written, loose.Name, loose.Type, out failed) : null) ?? Casts.Cast(texts, loose.Type, null, out failed);
        if (failed is null) return;
        using (failed)
        {
            var rows = failed.ToIndices();
            if (rows.Length == 0) return;
            tell(FindingKind.Misfit, loose.Name, DataType.String, batch, rows[0], ValueText.Format(texts, rows[0]));
            if (loose.Overflow < 0) return;
            var kept = Enumerable.Repeat(-1, batch.Length).ToArray();
            foreach (var row in rows) kept[row] = row;
            columns[loose.Overflow] = texts.Take(kept);
        }
    }

    /// <summary>Text from a column that the file does not call binary: none of it is bytes.</summary>
    private static Column NoBytes(Column texts, out Bitmap? failed)
    {
        failed = null;
        for (var row = 0; row < texts.Length; row++)
        {
            if (!texts.IsNull(row)) (failed ??= Bitmap.Zeros(texts.Length))[row] = true;
        }

        return Column.Nulls(DataType.Binary, texts.Length);
    }

    private static bool IsNested(Column column, int row) =>
        column is VarColumn texts && !column.IsNull(row) && texts[row] is [(byte)'{' or (byte)'[', ..];

    private static int FirstNull(Column column)
    {
        var row = 0;
        while (!column.IsNull(row)) row++;
        return row;
    }
}
