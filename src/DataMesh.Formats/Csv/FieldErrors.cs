using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Csv;

/// <summary>A value that does not fit its column.</summary>
internal readonly record struct Misfit(int Row, int Start, int End, MisfitValue Value);

/// <summary>Collects the values of a block that do not fit their columns: the wider types they call for, or the rows to set aside.</summary>
internal sealed class FieldErrors(DecodePlan plan)
{
    private const int ShownMax = 100;
    private readonly Dictionary<string, DataType> _widenings = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Rows of the batch under way that hold a misfit, in the order they were met.</summary>
    public List<Misfit> Misfits { get; } = [];

    /// <summary>The type each disagreeing column should have.</summary>
    public IReadOnlyDictionary<string, DataType> Widenings => _widenings;

    /// <summary>Whether nothing of the block may be emitted.</summary>
    public bool MustWiden => _widenings.Count > 0;

    /// <summary>Begins with a block.</summary>
    public void Clear()
    {
        _widenings.Clear();
        Misfits.Clear();
    }

    /// <summary>A column should be at least of this type.</summary>
    public void Widen(string column, DataType type)
    {
        var now = _widenings.GetValueOrDefault(column, DataType.Null);
        _widenings[column] = TypeLattice.Join(now, type);
    }

    /// <summary>Reports a value that is not of the column's type.</summary>
    public void Add(in CsvRecords records, int record, int row, FieldContext column, DataType type, ReadOnlySpan<byte> value)
    {
        if (MayWiden(column, type))
        {
            var joined = TypeLattice.Join(type, column.TypeOf(value));
            Widen(column.Name, joined == type ? DataType.String : joined);
            return;
        }

        var shown = Encoding.UTF8.GetString(value[..Math.Min(value.Length, ShownMax)]) + (value.Length > ShownMax ? "…" : "");
        Misfits.Add(new Misfit(row, records.Start(record), records.End(record), new MisfitValue(column.Name, type, column.TypeOf(value), shown)));
    }

    /// <summary>A column that was only null takes its type from its first value at any time.</summary>
    private bool MayWiden(FieldContext column, DataType type) =>
        !column.IsDeclared && (type.Kind == TypeKind.Null ? plan.TakesColumn(column.Name) : plan.Widening && !plan.IsFixed(column.Name));
}
