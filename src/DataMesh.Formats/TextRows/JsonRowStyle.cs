using System.Buffers;
using System.Text;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.TextRows;

/// <summary>One JSON object a line. Dotted columns keep their dotted names; doubles that JSON has no number for become null.</summary>
public sealed class JsonRowStyle : RowStyle
{
    /// <inheritdoc/>
    public override byte[] RowEnd { get; } = [(byte)'}', (byte)'\n'];

    /// <inheritdoc/>
    public override byte[][] Prefixes(Schema schema)
    {
        using var text = new ColumnText();
        var prefixes = new byte[schema.Count][];
        for (var i = 0; i < schema.Count; i++)
        {
            text.Clear();
            text.Add(i == 0 ? "{"u8 : ","u8);
            Value(Encoding.UTF8.GetBytes(schema[i].Name), text);
            text.Add(":"u8);
            prefixes[i] = text.Array[..text.Length];
        }

        return prefixes;
    }

    internal override ReadOnlySpan<byte> Null => "null"u8;

    internal override byte Quote => (byte)'"';

    internal override ReadOnlySpan<byte> NotFinite => "null"u8;

    internal override void Text(VarColumn column, int from, int to, ColumnText target)
    {
        for (var row = from; row < to; row++)
        {
            if (column.IsNull(row)) target.Add("null"u8);
            else Value(column[row], target);
            target.End();
        }
    }

    internal override void Json(VarColumn column, int from, int to, ColumnText target)
    {
        for (var row = from; row < to; row++)
        {
            target.Add(column.IsNull(row) ? "null"u8 : column[row]);
            target.End();
        }
    }

    private static void Value(ReadOnlySpan<byte> value, ColumnText target)
    {
        // Six bytes for one is the most that an escape needs.
        var room = target.Room(checked(value.Length * 6 + 2));
        var at = 0;
        room[at++] = (byte)'"';
        while (!value.IsEmpty)
        {
            var plain = value.IndexOfAny(Escaped);
            if (plain < 0) plain = value.Length;
            value[..plain].CopyTo(room[at..]);
            at += plain;
            if (plain == value.Length) break;
            at += Escape(value[plain], room[at..]);
            value = value[(plain + 1)..];
        }

        room[at++] = (byte)'"';
        target.Advance(at);
    }

    private static int Escape(byte c, Span<byte> room)
    {
        room[0] = (byte)'\\';
        var letter = c switch
        {
            (byte)'"' or (byte)'\\' => c,
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)0,
        };
        if (letter != 0)
        {
            room[1] = letter;
            return 2;
        }

        "u00"u8.CopyTo(room[1..]);
        room[4] = (byte)('0' + (c >> 4));
        room[5] = "0123456789abcdef"u8[c & 15];
        return 6;
    }

    private static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(each => (byte)each), (byte)'"', (byte)'\\']);
}
