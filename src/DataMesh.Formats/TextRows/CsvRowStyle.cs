using System.Buffers;
using System.Text;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.TextRows;

/// <summary>RFC 4180 with line feeds. A null is an empty field, an empty text is a quoted one; quotes stand only where they are needed.</summary>
public sealed class CsvRowStyle(char delimiter, bool header) : RowStyle
{
    private readonly byte[] _delimiter = [(byte)delimiter];
    private readonly SearchValues<byte> _needsQuotes = SearchValues.Create([(byte)delimiter, (byte)'"', (byte)'\n', (byte)'\r']);

    /// <inheritdoc/>
    public override byte[] RowEnd { get; } = [(byte)'\n'];

    /// <inheritdoc/>
    public override byte[][] Prefixes(Schema schema) => [.. schema.Select((_, i) => i == 0 ? [] : _delimiter)];

    /// <inheritdoc/>
    public override byte[] Header(Schema schema)
    {
        if (!header) return [];
        using var text = new ColumnText();
        for (var i = 0; i < schema.Count; i++)
        {
            if (i > 0) text.Add(_delimiter);
            Value(Encoding.UTF8.GetBytes(schema[i].Name), text);
        }

        text.Add(RowEnd);
        return text.Array[..text.Length];
    }

    internal override ReadOnlySpan<byte> Null => [];

    internal override byte Quote => 0;

    internal override ReadOnlySpan<byte> NotFinite => [];

    internal override void Text(VarColumn column, int from, int to, ColumnText target)
    {
        var isPlain = column.Dictionary is null && !column.Data[column.Offsets[from]..column.Offsets[to]].ContainsAny(_needsQuotes);
        for (var row = from; row < to; row++)
        {
            if (!column.IsNull(row))
            {
                var value = column[row];
                if (isPlain && !value.IsEmpty) target.Add(value);
                else Value(value, target);
            }

            target.End();
        }
    }

    internal override void Json(VarColumn column, int from, int to, ColumnText target) => Text(column, from, to, target);

    private void Value(ReadOnlySpan<byte> value, ColumnText target)
    {
        if (!value.IsEmpty && !value.ContainsAny(_needsQuotes))
        {
            target.Add(value);
            return;
        }

        var room = target.Room(value.Length * 2 + 2);
        var at = 0;
        room[at++] = (byte)'"';
        foreach (var c in value)
        {
            if (c == '"') room[at++] = c;
            room[at++] = c;
        }

        room[at++] = (byte)'"';
        target.Advance(at);
    }
}
