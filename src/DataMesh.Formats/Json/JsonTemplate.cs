using DataMesh.Core.Columns;

namespace DataMesh.Formats.Json;

/// <summary>How a value is read at one place of a template.</summary>
internal enum SlotAction : byte
{
    Int64,
    Float64,
    Bool,
    Text,
    TextCode,
    Timestamp,
    Json,
    /// <summary>Any other column: through <see cref="JsonValues"/>.</summary>
    Other,
    /// <summary>A known member that nobody needs.</summary>
    Skip,
}

/// <summary>The text up to a value, then the value.</summary>
internal struct TemplateSlot
{
    /// <summary>Where the text begins in the template's literals, which are padded so that a vector can be loaded anywhere.</summary>
    public int LiteralAt;
    public int LiteralLength;
    public SlotAction Action;
    /// <summary>Depth that an array or object would have here.</summary>
    public byte Depth;
    public JsonColumn? Column;
}

/// <summary>
/// The form of a record that was read before: every byte that is not a value, to be compared in place. Records made by one program mostly share it,
/// down to the blanks, and what differs is read by <see cref="JsonRecordParser"/>.
/// </summary>
internal sealed unsafe class JsonTemplate
{
    private readonly List<TemplateSlot> _slots = [];
    private readonly List<byte> _literals = [];
    private readonly HashSet<JsonColumn> _taken = [];
    private byte* _pending;

    private JsonTemplate()
    {
    }

    /// <summary>The values in order.</summary>
    public TemplateSlot[] Slots { get; private set; } = [];

    /// <summary>The texts between them; the last one ends the record.</summary>
    public byte[] Literals { get; private set; } = [];

    /// <summary>Columns that have no value in such records.</summary>
    public JsonColumn[] Missing { get; private set; } = [];

    /// <summary>Takes the form of a record that was parsed before; null when it is not regular enough.</summary>
    public static JsonTemplate? Learn(JsonShape shape, byte* start, byte* end)
    {
        var template = new JsonTemplate { _pending = start };
        var cursor = new JsonCursor(start, end);
        if (!template.Object(ref cursor, shape.Root)) return null;
        template.AddSlot(cursor.At, SlotAction.Skip, null, 0);
        template.Slots = [.. template._slots];
        template.Literals = [.. template._literals, .. new byte[64]];
        template.Missing = [.. shape.Columns.Where(each => !template._taken.Contains(each))];
        return template;
    }

    /// <summary>The byte that follows the value of a slot.</summary>
    public byte FollowerOf(int slot) => Literals[Slots[slot + 1].LiteralAt];

    /// <summary>Whether both are the same form.</summary>
    public bool IsSameAs(JsonTemplate other)
    {
        if (other.Slots.Length != Slots.Length || !other.Literals.AsSpan().SequenceEqual(Literals)) return false;
        for (var i = 0; i < Slots.Length; i++)
            if (Slots[i].LiteralLength != other.Slots[i].LiteralLength || Slots[i].Column != other.Slots[i].Column) return false;
        return true;
    }

    private bool Object(ref JsonCursor cursor, JsonNode node)
    {
        cursor.At++;
        cursor.SkipSpace();
        if (*cursor.At == '}')
        {
            cursor.At++;
            return true;
        }

        while (true)
        {
            if (!cursor.ReadString(out var key)) return false;
            cursor.SkipSpace();
            cursor.At++;
            cursor.SkipSpace();
            if (!Member(ref cursor, node, node.Find(key.Text))) return false;
            cursor.SkipSpace();
            if (*cursor.At++ == '}') return true;
            cursor.SkipSpace();
        }
    }

    private bool Member(ref JsonCursor cursor, JsonNode node, JsonMember member)
    {
        var isObject = *cursor.At == '{';
        // Members of no column are counted by the parser, so their records stay with it; nulls and objects decide what the columns below get.
        if (member.HasNested)
        {
            if (member.Column is not null) return false;
            if (isObject && member.NeedsNested) return Object(ref cursor, node.Child(member));
            if (isObject) return Value(ref cursor, node, null);
            return *cursor.At == 'n' && cursor.ReadValue(out _, 0);
        }

        return member.IsKnown && Value(ref cursor, node, member.Column);
    }

    private bool Value(ref JsonCursor cursor, JsonNode node, JsonColumn? column)
    {
        // Whether a text is valid base64 shows only when it is decoded, which is too late for a chunk.
        if (column is not null && (!_taken.Add(column) || column.Type.Kind == TypeKind.Binary)) return false;
        AddSlot(cursor.At, ActionOf(column), column, node.Depth + 1);
        if (!cursor.ReadValue(out _, node.Depth + 1)) return false;
        _pending = cursor.At;
        return true;
    }

    private static SlotAction ActionOf(JsonColumn? column) => column?.Type.Kind switch
    {
        null => SlotAction.Skip,
        TypeKind.Int64 => SlotAction.Int64,
        TypeKind.Float64 => SlotAction.Float64,
        TypeKind.Bool => SlotAction.Bool,
        TypeKind.String => column.IsDictionary ? SlotAction.TextCode : SlotAction.Text,
        TypeKind.Timestamp => SlotAction.Timestamp,
        TypeKind.Json => SlotAction.Json,
        _ => SlotAction.Other,
    };

    private void AddSlot(byte* value, SlotAction action, JsonColumn? column, int depth)
    {
        var literal = new ReadOnlySpan<byte>(_pending, (int)(value - _pending));
        _slots.Add(new TemplateSlot
        {
            LiteralAt = _literals.Count,
            LiteralLength = literal.Length,
            Action = action,
            Depth = (byte)depth,
            Column = column,
        });
        foreach (var each in literal) _literals.Add(each);
    }

    /// <summary>Columns change between codes and flat text from batch to batch.</summary>
    public void Refresh()
    {
        for (var i = 0; i < Slots.Length - 1; i++) Slots[i].Action = ActionOf(Slots[i].Column);
    }
}
