using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataMesh.Core;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Json;

/// <summary>
/// Reads records that have the form of a template: literals are compared, values are parsed straight into the columns.
/// Every method returns the place behind what it read, or null when the record is of another form or needs care; then the parser reads it again.
/// </summary>
internal static unsafe class JsonTemplateReader
{
    /// <summary>Reads a record into <paramref name="row"/> of the template's columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static byte* Read(JsonTemplate template, byte* p, byte* end, int row, JsonValues values, TimeZoneInfo? zone)
    {
        var literals = template.Literals;
        var slots = template.Slots;
        for (var i = 0; i < slots.Length; i++)
        {
            ref var slot = ref slots[i];
            if (p >= end || !JsonTemplate.Matches(p, literals, slot)) return null;
            p += slot.LiteralLength;
            if (i == slots.Length - 1) break;
            p = slot.Action switch
            {
                SlotAction.Int64 => Int64(p, end, slot.Column!, row),
                SlotAction.Float64 => Float64(p, end, slot.Column!, row),
                SlotAction.TextCode => TextCode(p, end, slot.Column!, row),
                SlotAction.Text => Text(p, end, slot.Column!, row),
                SlotAction.Timestamp => Timestamp(p, end, slot.Column!, row, values, zone),
                SlotAction.Bool => Bool(p, end, slot.Column!, row),
                SlotAction.Other => Other(p, end, slot, row, values),
                _ => Skip(p, end, slot.Depth),
            };
            if (p == null) return null;
        }

        if (p > end) return null;
        foreach (var column in template.Missing) column.SetNull(row);
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Int64(byte* p, byte* end, JsonColumn column, int row)
    {
        var next = JsonNumbers.Integer(p, out var value);
        if (next == null) return NullOrCareful(p, end, column, row);
        column.Set(row, value);
        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Float64(byte* p, byte* end, JsonColumn column, int row)
    {
        var next = JsonNumbers.Double(p, out var value);
        if (next == null) return NullOrNumber(p, end, column, row);
        column.Set(row, value);
        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* TextCode(byte* p, byte* end, JsonColumn column, int row)
    {
        if (*p != '"') return NullOrCareful(p, end, column, row);
        if (Vector256.IsHardwareAccelerated)
        {
            var length = BitOperations.TrailingZeroCount(JsonScan.SpecialMask(Vector256.Load(p + 1)));
            if ((uint)(length - 1) < JsonCodeCache.LengthMax && p[length + 1] == '"')
            {
                column.SetShortCode(row, ref p[1], length);
                return p + length + 2;
            }
        }

        return LongTextCode(p, end, column, row);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* LongTextCode(byte* p, byte* end, JsonColumn column, int row)
    {
        var close = JsonScan.StringSpecial(p + 1, end);
        if (close >= end || *close != '"') return Escaped(p, end, column, row);
        column.SetBytes(row, new ReadOnlySpan<byte>(p + 1, (int)(close - p) - 1));
        return close + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Text(byte* p, byte* end, JsonColumn column, int row)
    {
        if (*p != '"') return NullOrCareful(p, end, column, row);
        p++;
        if (Vector256.IsHardwareAccelerated)
        {
            // The vector that is searched for the end is stored on the way, so that the text is copied by the same pass.
            for (var at = 0; p + at < end; at += Vector256<byte>.Count)
            {
                column.Reserve(at + Vector256<byte>.Count);
                var text = Vector256.Load(p + at);
                text.StoreUnsafe(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(column.Data), (nint)(uint)(column.DataLength + at)));
                var special = JsonScan.SpecialMask(text);
                if (special == 0) continue;
                var length = at + BitOperations.TrailingZeroCount(special);
                if (p[length] != '"' || p + length >= end) return Escaped(p - 1, end, column, row);
                column.DataLength += length;
                column.SetOffset(row + 1, column.DataLength);
                return p + length + 1;
            }
        }

        return LongText(p, end, column, row);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* LongText(byte* p, byte* end, JsonColumn column, int row)
    {
        var close = JsonScan.StringSpecial(p, end);
        if (close >= end || *close != '"') return Escaped(p - 1, end, column, row);
        column.SetBytes(row, new ReadOnlySpan<byte>(p, (int)(close - p)));
        return close + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Timestamp(byte* p, byte* end, JsonColumn column, int row, JsonValues values, TimeZoneInfo? zone)
    {
        if (*p == '"' && p[20] == '"' && zone is null && JsonTimes.TryCompact(p + 1, out var micros))
        {
            column.Set(row, micros);
            return p + 21;
        }

        return Careful(p, end, column, row, values, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Bool(byte* p, byte* end, JsonColumn column, int row)
    {
        var word = Unsafe.ReadUnaligned<uint>(p);
        if (word == True)
        {
            column.Set(row, (byte)1);
            return p + 4;
        }

        if (word != Fals || p[4] != 'e') return NullOrCareful(p, end, column, row);
        column.Set(row, (byte)0);
        return p + 5;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* Other(byte* p, byte* end, in TemplateSlot slot, int row, JsonValues values)
    {
        if (*p == '[' && slot.Column!.Type.Kind == TypeKind.Json && slot.Depth <= Limits.NestingDepthMax)
        {
            var next = ShortTexts(p, end);
            if (next != null)
            {
                slot.Column.SetBytes(row, new ReadOnlySpan<byte>(p, (int)(next - p)));
                return next;
            }
        }

        return Careful(p, end, slot.Column!, row, values, slot.Depth);
    }

    /// <summary>Passes over an array of short strings without blanks and escapes, tags mostly; null when it is anything else.</summary>
    private static byte* ShortTexts(byte* p, byte* end)
    {
        if (p[1] == ']') return p + 2;
        if (!Vector256.IsHardwareAccelerated) return null;
        do
        {
            p++;
            if (*p != '"') return null;
            var special = JsonScan.SpecialMask(Vector256.Load(p + 1));
            p += BitOperations.TrailingZeroCount(special) + 1;
            if (special == 0 || p >= end || *p != '"') return null;
            p++;
        }
        while (*p == ',');

        return *p == ']' ? p + 1 : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* Careful(byte* p, byte* end, JsonColumn column, int row, JsonValues values, int depth)
    {
        var cursor = new JsonCursor(p, end);
        return cursor.ReadValue(out var token, depth) && values.Store(column, token, row) ? cursor.At : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* Skip(byte* p, byte* end, int depth)
    {
        var cursor = new JsonCursor(p, end);
        return cursor.ReadValue(out _, depth) ? cursor.At : null;
    }

    /// <summary>A string with escapes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* Escaped(byte* p, byte* end, JsonColumn column, int row)
    {
        var cursor = new JsonCursor(p, end);
        if (!cursor.ReadString(out var token)) return null;
        JsonValues.StoreText(column, token, row);
        return cursor.At;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* NullOrNumber(byte* p, byte* end, JsonColumn column, int row)
    {
        if (*p == 'n') return NullOrCareful(p, end, column, row);
        var cursor = new JsonCursor(p, end);
        if (*p == '"' || !cursor.ReadNumber(out var token)) return null;
        if (token.Kind == JsonTokenKind.Integer && !JsonTypes.IsExactDouble(token)) return null;
        if (!JsonNumbers.TryDouble(token.Text, out var value)) return null;
        column.Set(row, value);
        return cursor.At;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* NullOrCareful(byte* p, byte* end, JsonColumn column, int row)
    {
        if (Unsafe.ReadUnaligned<uint>(p) == Null)
        {
            column.SetNull(row);
            return p + 4;
        }

        if (column.Type.Kind != TypeKind.Int64) return null;
        var cursor = new JsonCursor(p, end);
        if (*p == '"' || !cursor.ReadNumber(out var token) || token.Kind != JsonTokenKind.Integer || !JsonNumbers.TryInteger(token.Text, out var value)) return null;
        column.Set(row, value);
        return cursor.At;
    }

    // Four letters as they lie in memory on a little-endian machine, the only kind that .NET runs on for us.
    private const uint True = 't' | (uint)'r' << 8 | (uint)'u' << 16 | (uint)'e' << 24;
    private const uint Fals = 'f' | (uint)'a' << 8 | (uint)'l' << 16 | (uint)'s' << 24;
    private const uint Null = 'n' | (uint)'u' << 8 | (uint)'l' << 16 | (uint)'l' << 24;
}
