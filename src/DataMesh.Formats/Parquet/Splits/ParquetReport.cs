using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Parquet.Splits;

/// <summary>What a block showed that the plan did not foresee: wider types, unknown columns, rows with values that do not fit.</summary>
internal sealed class ParquetReport(ParquetShape shape, ParquetBlock block)
{
    private const int ShownMax = 100;

    private readonly Dictionary<string, DataType> _wider = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<int, (MisfitValue Value, string Detail)> _misfits = [];

    /// <summary>Whether the block's rows are of no use because the schema has to change first.</summary>
    public bool NeedsNewSchema => _wider.Count > 0 || Array.Exists(shape.Unknown, each => shape.Plan.TakesColumn(each.Name));

    /// <summary>Values of a column that are not of the type that the plan gives it. <paramref name="first"/> is the record of the column's first row.</summary>
    public void Add(Field target, Column source, int first, List<int> rows)
    {
        if (shape.Plan.Widening && !shape.Dialect.Declared.Contains(target.Name) && !shape.Plan.IsFixed(target.Name))
        {
            var joined = TypeLattice.Join(target.Type, source.Type);
            _wider[target.Name] = joined == target.Type ? DataType.String : joined;
            return;
        }

        foreach (var row in rows)
        {
            if (_misfits.ContainsKey(first + row)) continue;
            var value = new MisfitValue(target.Name, target.Type, source.Type, Show(source, row));
            _misfits.Add(first + row, (value, $"column {target.Name} is {target.Type}; the value is {value.Shown}"));
        }
    }

    /// <summary>Which of the rows from record <paramref name="first"/> on do not fit; null when all do.</summary>
    public bool[]? TakeMisfits(int first, int count)
    {
        bool[]? found = null;
        foreach (var record in _misfits.Keys.Where(record => record >= first)) (found ??= new bool[count])[record - first] = true;
        return found;
    }

    /// <summary>Tells the output.</summary>
    public void Flush(DecodeOutput output)
    {
        foreach (var (name, type) in _wider) output.Widen(name, type);
        foreach (var field in shape.Unknown)
        {
            if (shape.Plan.TakesColumn(field.Name)) output.Widen(field.Name, field.Type);
            else output.UnknownColumn(field.Name, field.Type, block.To - block.From, block.Start);
        }

        if (NeedsNewSchema) return;
        foreach (var (record, (value, detail)) in _misfits)
        {
            var bytes = block.RecordBytes(record);
            output.Misfit(bytes, block.RecordPosition(record), value, detail);
        }
    }

    private static string Show(Column column, int row)
    {
        var text = ValueText.Format(column, row) ?? "null";
        return text.Length > ShownMax ? text[..ShownMax] + "…" : text;
    }
}
