using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>
/// How rows of a schema lie in a table: its columns after the rows are in, their names in files, the partition columns. A pure function
/// of the table's metadata and the rows' schema, so that the writer of the files and the committer come to the same answer.
/// </summary>
public sealed class TableLayout
{
    /// <summary>Characters that need column mapping: Parquet readers of the Hadoop family refuse them in names.</summary>
    private const string AwkwardCharacters = " ,;{}()\n\t=";

    private readonly List<DeltaField> _fields;

    private TableLayout(IEnumerable<DeltaField> fields, string mode, int maxColumnId)
    {
        _fields = [.. fields];
        Mode = mode;
        MaxColumnId = maxColumnId;
    }

    /// <summary>The table's columns.</summary>
    public DeltaSchema Schema { get; private set; } = new([]);

    /// <summary>Display names of the partition columns.</summary>
    public IReadOnlyList<string> PartitionColumns { get; private set; } = [];

    /// <summary>Column mapping mode: <c>none</c>, <c>name</c> or <c>id</c>.</summary>
    public string Mode { get; private set; }

    /// <summary>Highest column id given out.</summary>
    public int MaxColumnId { get; private set; }

    /// <summary>Whether column mapping is on.</summary>
    public bool IsMapped => Mode != "none";

    /// <summary>Whether the table's metadata must change before the rows are in.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Whether a column name needs column mapping.</summary>
    public static bool IsAwkward(string name) => name.AsSpan().IndexOfAny(AwkwardCharacters) >= 0;

    /// <summary>
    /// Plans the layout. New columns are added, nullability is relaxed; throws when the rows can not go into the table.
    /// Columns that were only null so far are not created.
    /// </summary>
    /// <param name="current">The table's metadata, or null before the first commit.</param>
    /// <param name="rows">Schema of the rows.</param>
    /// <param name="partitionBy">Partition columns as declared; empty takes the table's.</param>
    /// <param name="replace">Whether the rows replace all that the table holds: then types and partition columns may change, and columns may go.</param>
    /// <param name="table">The table, for errors.</param>
    /// <param name="retyped">Columns that may become wider than the table has them: its files will be written again.</param>
    public static TableLayout Plan(TableMetadata? current, Schema rows, IReadOnlyList<string> partitionBy, bool replace, string table, IReadOnlyList<string>? retyped = null)
    {
        var layout = current is null
            ? new TableLayout([], "none", 0) { IsChanged = true }
            : new TableLayout(current.Schema, current.ColumnMapping, MaxIdOf(current));
        layout.PartitionColumns = PlanPartition(current, rows, partitionBy, replace, table);
        foreach (var field in rows) layout.Take(field, replace, table, retyped?.Contains(field.Name, StringComparer.OrdinalIgnoreCase) == true);
        layout.RelaxMissing(rows);
        if (!layout.IsMapped && layout._fields.Any(field => IsAwkward(field.Name))) layout.TurnMappingOn(table);
        if (replace) layout.DropMissing(rows);
        layout.IsChanged |= current is not null && !layout.PartitionColumns.SequenceEqual(current.PartitionColumns);
        layout.Schema = new DeltaSchema(layout._fields);
        if (layout.Schema.Count > 0 && layout.Schema.Count == layout.PartitionColumns.Count)
            throw new DataMeshException($"All columns of '{table}' are partition columns.", hint: "leave at least one column out of partition_by");
        return layout;
    }

    /// <summary>The partition columns alone, as <see cref="Plan"/> has them. Throws when the declared ones do not go with the rows or the table.</summary>
    public static IReadOnlyList<string> PlanPartition(TableMetadata? current, Schema rows, IReadOnlyList<string> partitionBy, bool replace, string table) =>
        current is null || (replace && partitionBy.Count > 0) ? PartitionOf(rows, partitionBy) : SamePartition(current, partitionBy, table);

    /// <summary>The column of the table that a column of the rows goes into, or null when it is left out (only nulls).</summary>
    public DeltaField? Find(string name) => Schema.Find(name);

    /// <summary>Whether a column is a partition column.</summary>
    public bool IsPartition(string name) => PartitionColumns.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The metadata of the table after the rows are in.</summary>
    public TableMetadata Apply(TableMetadata metadata)
    {
        var configuration = new Dictionary<string, string>(metadata.Configuration, StringComparer.Ordinal);
        if (IsMapped)
        {
            configuration[PropertyNames.ColumnMappingMode] = Mode;
            configuration[PropertyNames.ColumnMappingMaxId] = MaxColumnId.ToString(CultureInfo.InvariantCulture);
        }

        return metadata with { Schema = Schema, PartitionColumns = PartitionColumns, Configuration = configuration };
    }

    private void Take(Field field, bool replace, string table, bool retypes)
    {
        var at = _fields.FindIndex(each => string.Equals(each.Name, field.Name, StringComparison.OrdinalIgnoreCase));
        if (at >= 0)
        {
            if (replace) Retype(at, field.Type);
            else if (retypes) Change(at, _fields[at].Retyped(field.Type));
            else CheckType(_fields[at], field.Type, table);
            if (field.Nullable && !_fields[at].Nullable) Change(at, _fields[at] with { Nullable = true });
            return;
        }

        var type = field.Type;
        // A partition column must exist from the first commit on, whatever its values turn out to be.
        if (type.Kind == TypeKind.Null && IsPartition(field.Name)) type = DataType.String;
        if (type.Kind == TypeKind.Null) return;
        var created = DeltaField.Create(field.Name, type);
        _fields.Add(IsMapped ? Map(created) : created);
        IsChanged = true;
    }

    private void Retype(int at, DataType type)
    {
        var existing = _fields[at];
        if (type.Kind == TypeKind.Null || existing.Type == type && existing.IsWritable) return;
        var retyped = DeltaField.Create(existing.Name, type);
        Change(at, existing.Id is { } id ? retyped.WithMapping(id, existing.PhysicalName) : retyped);
    }

    /// <summary>Drops what the new rows lack. It comes last, so that ids are the same whether columns are dropped or not.</summary>
    private void DropMissing(Schema rows)
    {
        var dropped = _fields.RemoveAll(field => !IsPartition(field.Name) && (!rows.TryGet(field.Name, out var row) || row.Type.Kind == TypeKind.Null));
        IsChanged |= dropped > 0;
    }

    private void RelaxMissing(Schema rows)
    {
        for (var i = 0; i < _fields.Count; i++)
            if (!_fields[i].Nullable && rows.IndexOf(_fields[i].Name) < 0) Change(i, _fields[i] with { Nullable = true });
    }

    private void Change(int at, DeltaField field)
    {
        _fields[at] = field;
        IsChanged = true;
    }

    private static void CheckType(DeltaField existing, DataType type, string table)
    {
        if (type.Kind == TypeKind.Null) return;
        if (!existing.IsWritable)
            throw new DataMeshException($"Column '{existing.Name}' of '{table}' has a type that can be read but not written.", detail: existing.DeclaredType.ToJsonString(), hint: "write to a table of your own");
        if (DeltaTypes.Name(type) == existing.DeclaredType.ToString()) return;
        throw new DataMeshException(
            $"Column '{existing.Name}' is {type} here and {existing.Type} in the table '{table}'.",
            detail: "the type of a column can not change once it has been committed, because other engines could no longer read the older files",
            hint: $"cast: {{ {existing.Name}: {existing.Type} }}, or write it under another name");
    }

    private void TurnMappingOn(string table)
    {
        if (_fields.FirstOrDefault(field => field.DeclaredType is System.Text.Json.Nodes.JsonObject) is { } nested)
        {
            var awkward = _fields.First(field => IsAwkward(field.Name)).Name;
            throw new DataMeshException($"The name '{awkward}' needs column mapping, which can not be turned on for '{table}' because of its nested column '{nested.Name}'.",
                hint: $"rename: {{ \"{awkward}\": {string.Concat(awkward.Select(each => AwkwardCharacters.Contains(each, StringComparison.Ordinal) ? '_' : each))} }}");
        }

        Mode = "name";
        MaxColumnId = 0;
        IsChanged = true;
        for (var i = 0; i < _fields.Count; i++) _fields[i] = _fields[i].WithMapping(++MaxColumnId, _fields[i].Name);
    }

    /// <summary>
    /// An id and a physical name for a new column. The display name is taken unless a column of that physical name is there or was
    /// there once (ids beyond the columns' count say so): a column that was dropped must not come back with its old values.
    /// </summary>
    private DeltaField Map(DeltaField field)
    {
        var isPlain = MaxColumnId == _fields.Count && !_fields.Exists(each => string.Equals(each.PhysicalName, field.Name, StringComparison.OrdinalIgnoreCase));
        MaxColumnId++;
        return field.WithMapping(MaxColumnId, isPlain ? field.Name : string.Create(CultureInfo.InvariantCulture, $"col-{MaxColumnId}-{field.Name}"));
    }

    private static int MaxIdOf(TableMetadata metadata)
    {
        var stated = int.TryParse(metadata.Configuration.GetValueOrDefault(PropertyNames.ColumnMappingMaxId), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
        return Math.Max(stated, metadata.Schema.Max(field => field.Id) ?? 0);
    }

    private static List<string> PartitionOf(Schema rows, IReadOnlyList<string> partitionBy)
    {
        var columns = partitionBy.Select(name => rows[rows.Require(name)]).ToList();
        if (columns.Find(column => column.Type.Kind is TypeKind.Binary or TypeKind.Json) is { } unfit)
            throw new DataMeshException($"'{unfit.Name}' can not be a partition column: it is {unfit.Type}.", hint: "partition by a column of short values, such as a date or a state");
        if (columns.DistinctBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Count() < columns.Count)
            throw new DataMeshException("A column stands twice in partition_by.");
        return [.. columns.Select(column => column.Name)];
    }

    private static IReadOnlyList<string> SamePartition(TableMetadata current, IReadOnlyList<string> partitionBy, string table)
    {
        if (partitionBy.Count == 0 || partitionBy.SequenceEqual(current.PartitionColumns, StringComparer.OrdinalIgnoreCase)) return current.PartitionColumns;
        throw new DataMeshException(
            $"The table '{table}' is partitioned by [{string.Join(", ", current.PartitionColumns)}], not by [{string.Join(", ", partitionBy)}].",
            hint: $"a table's files stay where they are: run with --rebuild to write all rows anew by [{string.Join(", ", partitionBy)}], put partition_by back, or write to another path");
    }
}
