using System.Text.Json;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Collects the elements of JSON arrays of several rows as typed columns. One per worker.</summary>
internal sealed class JsonElements(JsonFields? fields, DataType type, bool keepEmpty) : IDisposable
{
    private readonly IReadOnlyList<DataType> _types = fields?.Types ?? [type];
    private readonly TextColumnBuilder[] _builders = [.. (fields?.Types ?? [type]).Select(_ => new TextColumnBuilder())];
    private readonly List<int> _unreadable = [];

    /// <summary>Per element the row it came from.</summary>
    public List<int> Rows { get; } = [];

    /// <summary>Per element its position in its array.</summary>
    public List<long> Positions { get; } = [];

    /// <summary>Rows without elements that were left out.</summary>
    public int Dropped { get; private set; }

    /// <summary>Bytes of element text so far.</summary>
    public long ByteSize => _builders.Sum(builder => (long)builder.ByteSize);

    /// <summary>Begins anew.</summary>
    public void Begin()
    {
        Rows.Clear();
        Positions.Clear();
        _unreadable.Clear();
        Dropped = 0;
    }

    /// <summary>Adds the elements of one row's array; empty bytes mean null.</summary>
    public void AddRow(int row, ReadOnlySpan<byte> json)
    {
        var before = Rows.Count;
        if (!json.IsEmpty && !TryRead(json, row))
        {
            Truncate(before);
            _unreadable.Add(row);
            return;
        }

        if (Rows.Count > before) return;
        if (keepEmpty) AddElement(row, -1);
        else Dropped++;
    }

    /// <summary>The element columns, and the rows (out of <paramref name="rows"/>) of which some part does not fit; null when all do.</summary>
    public Column[] Build(int rows, out Bitmap? failedRows)
    {
        failedRows = null;
        foreach (var row in _unreadable) Mark(ref failedRows, rows, row);
        var columns = new Column[_types.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = JsonValueText.Build(_builders[i], _types[i], out var failed);
            if (failed is null) continue;
            foreach (var element in failed.ToIndices()) Mark(ref failedRows, rows, Rows[element]);
            failed.Dispose();
        }

        return columns;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var builder in _builders) builder.Dispose();
    }

    private static void Mark(ref Bitmap? failed, int rows, int row)
    {
        failed ??= Bitmap.Zeros(rows);
        failed[row] = true;
    }

    private bool TryRead(ReadOnlySpan<byte> json, int row)
    {
        try
        {
            var reader = new Utf8JsonReader(json, JsonValueText.ReaderOptions);
            if (!reader.Read() || reader.TokenType == JsonTokenType.Null) return true;
            if (reader.TokenType != JsonTokenType.StartArray) return false;
            for (var position = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; position++)
                if (!TryReadElement(ref reader, json, row, position)) return false;
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool TryReadElement(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, int row, int position)
    {
        if (fields is not null && reader.TokenType == JsonTokenType.StartObject)
        {
            fields.Read(ref reader, json, _builders);
            Rows.Add(row);
            Positions.Add(position);
            return true;
        }

        var kind = reader.TokenType;
        if (fields is not null)
        {
            AddElement(row, position);
            return kind == JsonTokenType.Null;
        }

        var start = (int)reader.TokenStartIndex;
        if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray) reader.Skip();
        JsonValueText.Append(ref reader, kind, json[start..(int)reader.BytesConsumed], type, _builders[0]);
        Rows.Add(row);
        Positions.Add(position);
        return true;
    }

    /// <summary>Adds an element that is null; position -1 stands for no element at all.</summary>
    private void AddElement(int row, int position)
    {
        foreach (var builder in _builders) builder.AppendNull();
        Rows.Add(row);
        Positions.Add(position);
    }

    private void Truncate(int count)
    {
        foreach (var builder in _builders) builder.Truncate(count);
        Rows.RemoveRange(count, Rows.Count - count);
        Positions.RemoveRange(count, Positions.Count - count);
    }
}
