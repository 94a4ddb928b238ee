using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages.Aggregates;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages.Fills;

/// <summary>The last values of the columns that are filled per the same keys.</summary>
internal sealed class CarriedGroup(PreviousGroup group, Schema schema)
{
    private readonly GroupTable _table = new([.. group.Keys.Select(key => schema[key].Type)]);
    private readonly CarriedColumn[] _columns = [.. group.Columns.Select(_ => new CarriedColumn())];
    private int[] _numbers = [];

    /// <summary>Memory held, in bytes.</summary>
    public long ByteSize => _table.ByteSize + _columns.Sum(column => column.ByteSize);

    /// <summary>Puts the filled columns of a batch in their places.</summary>
    public void Fill(RecordBatch batch, Column?[] filled)
    {
        if (_numbers.Length < batch.Length) _numbers = new int[batch.Length];
        var numbers = _numbers.AsSpan(0, batch.Length);
        _table.Assign(Array.ConvertAll(group.Keys, key => batch[key]), numbers);
        for (var i = 0; i < _columns.Length; i++) filled[group.Columns[i]] = _columns[i].Fill(batch[group.Columns[i]], numbers, _table.Count);
    }

    /// <summary>Writes the keys and the values, with the names of their columns.</summary>
    public void Save(StateWriter writer)
    {
        int[] numbers = [.. Enumerable.Range(0, _table.Count)];
        for (var key = 0; key < group.Keys.Length; key++)
        {
            writer.Text(schema[group.Keys[key]].Type.ToString());
            using var column = _table.Build(key, numbers);
            ColumnState.Write(writer, column);
        }

        writer.Int32(_columns.Length);
        for (var i = 0; i < _columns.Length; i++)
        {
            writer.Text(schema[group.Columns[i]].Name);
            writer.Text(schema[group.Columns[i]].Type.ToString());
            _columns[i].Save(writer, numbers.Length);
        }
    }

    /// <summary>
    /// Reads what <see cref="Save"/> wrote. A column that has come since begins with nothing, one that is gone is forgotten; one that was only null may have a
    /// type now.
    /// </summary>
    public void Restore(StateReader reader)
    {
        var keys = new Column[group.Keys.Length];
        for (var key = 0; key < keys.Length; key++) keys[key] = ReadKey(reader, schema[group.Keys[key]]);
        var numbers = new int[keys.Length == 0 ? 1 : keys[0].Length];
        _table.Assign(keys, numbers);
        foreach (var column in keys) column.Dispose();
        for (var left = reader.Count(8); left > 0; left--)
        {
            var name = reader.Text();
            var type = reader.Text();
            var at = Array.FindIndex(group.Columns, column => schema[column].Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (at >= 0) Check(type, schema[group.Columns[at]]);
            (at >= 0 ? _columns[at] : new CarriedColumn()).Restore(reader, numbers, _table.Count);
        }
    }

    private static Column ReadKey(StateReader reader, Field field)
    {
        var type = reader.Text();
        Check(type, field);
        if (type != DataType.Null.ToString()) return ColumnState.Read(reader, field.Type);
        using var nulls = ColumnState.Read(reader, DataType.Null);
        return Column.Nulls(field.Type, nulls.Length);
    }

    private static void Check(string type, Field field)
    {
        if (type == field.Type.ToString() || type == DataType.Null.ToString()) return;
        throw new DataMeshException(
            $"'fill' keeps values of '{field.Name}' as {type}, and now it is {field.Type}.",
            hint: "cast it back, give the stage another id to begin with nothing, or run with --rebuild");
    }
}
