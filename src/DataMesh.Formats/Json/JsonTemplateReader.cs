using System.Runtime.CompilerServices;
using DataMesh.Core;

namespace DataMesh.Formats.Json;

/// <summary>
/// Reads records that have the form of a template, one member of all records at a time: literals are compared, values are parsed straight into the columns.
/// Records of another form, and those that need care, are dropped from the chunk.
/// </summary>
internal static unsafe partial class JsonTemplateReader
{
    /// <summary>Reads the records of a chunk; those that were not read are in <see cref="JsonChunk.Failed"/>, and what was left in their rows means nothing.</summary>
    public static void Read(JsonTemplate template, JsonChunk chunk, JsonValues values, TimeZoneInfo? zone)
    {
        var slots = template.Slots;
        for (var i = 0; i < slots.Length - 1 && chunk.Count > 0; i++)
        {
            ref var slot = ref slots[i];
            if (slot.LiteralLength > JsonLiteral.LengthMax) SkipLong(template, slot, chunk);
            var literal = new JsonLiteral(template.Literals, slot, chunk.End);
            switch (slot.Action)
            {
                case SlotAction.Int64: Int64(literal, template.FollowerOf(i), chunk, slot.Column!); break;
                case SlotAction.Float64: Float64(literal, template.FollowerOf(i), chunk, slot.Column!); break;
                case SlotAction.TextCode: TextCode(literal, chunk, slot.Column!); break;
                case SlotAction.Text: Text(literal, chunk, slot.Column!); break;
                case SlotAction.Timestamp when zone is null: Timestamp(literal, chunk, slot.Column!, values); break;
                case SlotAction.Bool: Bool(literal, chunk, slot.Column!); break;
                case SlotAction.Json: Json(literal, chunk, slot.Column!, slot.Depth); break;
                case SlotAction.Skip: Skip(literal, chunk, slot.Depth); break;
                default: Other(literal, chunk, slot.Column!, values); break;
            }
        }

        Finish(template, chunk);
    }

    /// <summary>Compares all but the end of a literal that is too long for one step.</summary>
    private static void SkipLong(JsonTemplate template, in TemplateSlot slot, JsonChunk chunk)
    {
        var length = slot.LiteralLength - JsonLiteral.LengthMax;
        var literal = template.Literals.AsSpan(slot.LiteralAt, length);
        for (var i = 0; i < chunk.Count;)
        {
            var p = chunk.At[i];
            if (chunk.End - p > length && literal.SequenceEqual(new ReadOnlySpan<byte>(p, length))) chunk.At[i++] = p + length;
            else chunk.Drop(i);
        }
    }

    /// <summary>Checks how records end.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Finish(JsonTemplate template, JsonChunk chunk)
    {
        ref var slot = ref template.Slots[^1];
        var literal = template.Literals.AsSpan(slot.LiteralAt, slot.LiteralLength);
        for (var i = 0; i < chunk.Count;)
        {
            var (p, stop) = ((nint)chunk.At[i], (nint)chunk.StopOf(chunk.Records[i]));
            var isEnd = stop - p >= literal.Length && literal.SequenceEqual(new ReadOnlySpan<byte>((byte*)p, literal.Length))
                && JsonScan.SkipSpace((byte*)p + literal.Length, (byte*)stop) == (byte*)stop;
            if (isEnd) i++;
            else chunk.Drop(i);
        }

        foreach (var column in template.Missing)
            for (var i = 0; i < chunk.Count; i++) column.SetNull(chunk.FirstRow, chunk.Records[i]);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Bool(JsonLiteral literal, JsonChunk chunk, JsonColumn column)
    {
        var (at, records, count) = ((nint)chunk.At, (nint)chunk.Records, chunk.Count);
        ref var values = ref column.Rows<byte>(chunk.FirstRow);
        for (var i = 0; i < count;)
        {
            var record = ((int*)records)[i];
            var p = literal.Skip(((byte**)at)[i]);
            if (p != null)
            {
                var word = Unsafe.ReadUnaligned<uint>(p);
                var isTrue = word == True;
                Unsafe.Add(ref values, record) = Unsafe.BitCast<bool, byte>(isTrue);
                p = isTrue | (word == Fals & p[4] == 'e') ? p + 5 - Unsafe.BitCast<bool, byte>(isTrue) : Null(p, chunk, column, record);
            }

            if (p != null) ((byte**)at)[i++] = p;
            else count = chunk.Drop(i);
        }
    }

    /// <summary>A column of another type: the careful way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Other(JsonLiteral literal, JsonChunk chunk, JsonColumn column, JsonValues values)
    {
        for (var i = 0; i < chunk.Count;)
        {
            var p = literal.Skip(chunk.At[i]);
            if (p != null) p = Careful(p, chunk, column, chunk.Records[i], values);
            if (p != null) chunk.At[i++] = p;
            else chunk.Drop(i);
        }
    }

    /// <summary>A value that nobody needs; it must be well-formed all the same.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Skip(JsonLiteral literal, JsonChunk chunk, int depth)
    {
        for (var i = 0; i < chunk.Count;)
        {
            var p = literal.Skip(chunk.At[i]);
            if (p != null)
            {
                var cursor = new JsonCursor(p, chunk.End);
                p = cursor.ReadValue(out _, depth) ? cursor.At : null;
            }

            if (p != null) chunk.At[i++] = p;
            else chunk.Drop(i);
        }
    }

    /// <summary>Reads any value into a column that is no flat text. Null when it does not fit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* Careful(byte* p, JsonChunk chunk, JsonColumn column, int record, JsonValues values)
    {
        if (Unsafe.ReadUnaligned<uint>(p) == NullWord) return Null(p, chunk, column, record);
        var cursor = new JsonCursor(p, chunk.End);
        return cursor.ReadValue(out var token, Limits.NestingDepthMax + 1) && values.Store(column, token, chunk.FirstRow + record) ? cursor.At : null;
    }

    /// <summary>Reads a null; null when it is something else.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* Null(byte* p, JsonChunk chunk, JsonColumn column, int record)
    {
        if (Unsafe.ReadUnaligned<uint>(p) != NullWord) return null;
        column.SetNull(chunk.FirstRow, record);
        return p + 4;
    }

    // Four letters as they lie in memory on a little-endian machine, the only kind that .NET runs on for us.
    private const uint True = 't' | (uint)'r' << 8 | (uint)'u' << 16 | (uint)'e' << 24;
    private const uint Fals = 'f' | (uint)'a' << 8 | (uint)'l' << 16 | (uint)'s' << 24;
    private const uint NullWord = 'n' | (uint)'u' << 8 | (uint)'l' << 16 | (uint)'l' << 24;
}
