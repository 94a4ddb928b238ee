using System.Text;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Json;

/// <summary>
/// Reads one record of any form into a row of the columns. Members are looked for in the order of the record before, others by their hash.
/// </summary>
internal sealed unsafe class JsonRecordParser(JsonShape shape, JsonReport report, JsonValues values)
{
    private const int ShownValueMax = 80;
    private long _stamp;
    private int _row;
    private int _set;
    private long _position;

    /// <summary>Why the last record was refused: one of <see cref="QuarantineReasons"/>.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>What was wrong with it, for people.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>The value that did not fit, when the reason is <see cref="QuarantineReasons.Misfit"/>.</summary>
    public MisfitValue MisfitValue { get; private set; }

    /// <summary>
    /// Parses the record into <paramref name="row"/>. False: it is bad, and the row is to be written again.
    /// <paramref name="isUsed"/> says that an attempt before has left something in the row.
    /// </summary>
    public bool Parse(byte* start, byte* end, int row, long position, bool isUsed)
    {
        _row = row;
        _position = position;
        _set = 0;
        _stamp++;
        if (isUsed)
        {
            foreach (var column in shape.Columns) column.Reset(row);
        }

        var cursor = new JsonCursor(start, end);
        if (Record(ref cursor))
        {
            if (_set < shape.Columns.Length) FillMissing();
            return true;
        }

        Reason = cursor.Reason!;
        Detail = Reason == QuarantineReasons.Misfit ? cursor.Problem! : $"{cursor.Problem} (byte {position + (cursor.At - start)})";
        return false;
    }

    private bool Record(ref JsonCursor cursor)
    {
        cursor.SkipSpace();
        if (cursor.At >= cursor.End || *cursor.At != '{') return cursor.Fail("a record must be an object in braces");
        if (!Object(ref cursor, shape.Root)) return false;
        cursor.SkipSpace();
        return cursor.At >= cursor.End || cursor.Fail("text follows the end of the record");
    }

    private bool Object(ref JsonCursor cursor, JsonNode node)
    {
        if (node.Depth > Limits.NestingDepthMax) return cursor.TooDeep();
        cursor.At++;
        cursor.SkipSpace();
        if (cursor.At < cursor.End && *cursor.At == '}')
        {
            cursor.At++;
            return true;
        }

        JsonMember? previous = null;
        while (true)
        {
            if (!Key(ref cursor, node, previous, out var member) || !Member(ref cursor, node, member)) return false;
            cursor.SkipSpace();
            if (cursor.At >= cursor.End) return cursor.Fail("an object is not closed");
            var next = *cursor.At;
            if (next != '}' && next != ',') return cursor.Fail("a comma or closing brace is expected here");
            cursor.At++;
            if (next == '}') return true;
            cursor.SkipSpace();
            previous = member;
        }
    }

    private static bool Key(ref JsonCursor cursor, JsonNode node, JsonMember? previous, out JsonMember member)
    {
        if (cursor.At >= cursor.End || *cursor.At != '"')
        {
            member = null!;
            return cursor.Fail("a member name in quotes is expected here");
        }

        member = (previous is null ? node.First : previous.Next)!;
        if (member is not null && IsKey(cursor, member.RawKey))
        {
            cursor.At += member.RawKey.Length + 2;
        }
        else
        {
            if (!cursor.ReadString(out var key)) return false;
            member = node.Find(key.Text);
            if (previous is null) node.First = member;
            else previous.Next = member;
        }

        cursor.SkipSpace();
        if (cursor.At >= cursor.End || *cursor.At != ':') return cursor.Fail("a colon is expected here");
        cursor.At++;
        cursor.SkipSpace();
        return true;
    }

    private static bool IsKey(in JsonCursor cursor, byte[] rawKey) =>
        cursor.End - cursor.At > rawKey.Length + 1 && cursor.At[rawKey.Length + 1] == '"'
        && new ReadOnlySpan<byte>(cursor.At + 1, rawKey.Length).SequenceEqual(rawKey);

    private bool Member(ref JsonCursor cursor, JsonNode node, JsonMember member)
    {
        if (member.HasNested) Revisit(member);
        if (cursor.At < cursor.End && *cursor.At == '{') return ObjectMember(ref cursor, node, member);
        if (!cursor.ReadValue(out var token, node.Depth + 1)) return false;
        if (member.Column is { } column) return Assign(ref cursor, member, column, token);
        if (!member.IsKnown) report.Meet(member.Path, token, _position);
        return true;
    }

    private bool ObjectMember(ref JsonCursor cursor, JsonNode node, JsonMember member)
    {
        var start = cursor.At;
        var column = member.Column;
        // A column of its own takes the object as text, unless it only takes what stands here in other records and is no object.
        var asText = column is not null && (!member.HasNested || column.Type.Kind == TypeKind.Json);
        var descend = member.HasNested ? member.NeedsNested : !member.IsKnown;
        JsonToken token;
        if (descend)
        {
            if (!Object(ref cursor, node.Child(member))) return false;
            token = new JsonToken { Kind = JsonTokenKind.Object, Start = start, End = cursor.At, IsIrregular = true };
        }
        else if (!cursor.ReadNested(out token, node.Depth + 1))
        {
            return false;
        }

        return !asText || Assign(ref cursor, member, column!, token);
    }

    /// <summary>A member that occurs again replaces what stood there, nested members included.</summary>
    private void Revisit(JsonMember member)
    {
        if (member.Stamp == _stamp)
        {
            var prefix = member.Path + ".";
            foreach (var column in shape.Columns)
            {
                if (column.Stamp != _stamp || !column.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) continue;
                column.Reset(_row);
                column.Stamp = 0;
                _set--;
            }
        }

        member.Stamp = _stamp;
    }

    private bool Assign(ref JsonCursor cursor, JsonMember member, JsonColumn column, in JsonToken token)
    {
        if (column.Stamp == _stamp)
        {
            if (!member.IsSameAs(column.StampMember!)) return cursor.Fail($"two members of the record both belong to column '{column.Name}'");
            column.Reset(_row);
        }
        else
        {
            column.Stamp = _stamp;
            column.StampMember = member;
            _set++;
        }

        return values.Store(column, token, _row) || Misfit(ref cursor, member, column, token);
    }

    private bool Misfit(ref JsonCursor cursor, JsonMember member, JsonColumn column, in JsonToken token)
    {
        if (column.MayWiden) report.Widen(column, token);
        else if (column.Type.Kind == TypeKind.Null) report.Meet(member.Path, token, _position);
        else
        {
            cursor.Reason = QuarantineReasons.Misfit;
            var shown = Show(token);
            cursor.Problem = $"column '{column.Name}': {shown} does not fit {column.Type}";
            MisfitValue = new MisfitValue(column.Name, column.Type, JsonTypes.Of(token), shown);
            return false;
        }

        column.SetNull(_row);
        return true;
    }

    private void FillMissing()
    {
        foreach (var column in shape.Columns)
            if (column.Stamp != _stamp) column.SetNull(_row);
    }

    private static string Show(in JsonToken token)
    {
        var text = token.Text;
        var shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, ShownValueMax)]) + (text.Length > ShownValueMax ? "…" : "");
        return token.Kind == JsonTokenKind.String ? $"\"{shown}\"" : shown;
    }
}
