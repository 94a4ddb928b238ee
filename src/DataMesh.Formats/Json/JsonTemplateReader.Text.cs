using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DataMesh.Core;

namespace DataMesh.Formats.Json;

/// <summary>Strings, and values that are kept as their text. Flat text is only found here: it is copied when its row is sure, in the order of the rows.</summary>
internal static unsafe partial class JsonTemplateReader
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void TextCode(JsonLiteral literal, JsonChunk chunk, JsonColumn column)
    {
        var (at, records, count) = ((nint)chunk.At, (nint)chunk.Records, chunk.Count);
        ref var codes = ref column.Rows<int>(chunk.FirstRow);
        for (var i = 0; i < count;)
        {
            var record = ((int*)records)[i];
            var p = literal.Skip(((byte**)at)[i]);
            if (p != null)
            {
                var length = BitOperations.TrailingZeroCount(JsonScan.SpecialMask(Vector256.Load(p + 1)));
                if (*p == '"' & (uint)(length - 1) < JsonCodeCache.LengthMax && p[length + 1] == '"')
                {
                    Unsafe.Add(ref codes, record) = column.ShortCode(ref p[1], length);
                    p += length + 2;
                }
                else
                {
                    p = LongTextCode(p, chunk, column, record);
                }
            }

            if (p != null) ((byte**)at)[i++] = p;
            else count = chunk.Drop(i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Text(JsonLiteral literal, JsonChunk chunk, JsonColumn column)
    {
        var (at, records, count) = ((nint)chunk.At, (nint)chunk.Records, chunk.Count);
        ref var places = ref column.Places[0];
        for (var i = 0; i < count;)
        {
            var record = ((int*)records)[i];
            var p = literal.Skip(((byte**)at)[i]);
            if (p != null)
            {
                // Two vectors at once, as a branch on the length would often be mistaken.
                var special = JsonScan.SpecialMask(Vector256.Load(p + 1)) | (ulong)JsonScan.SpecialMask(Vector256.Load(p + 33)) << 32;
                var length = BitOperations.TrailingZeroCount(special);
                if (special != 0 & *p == '"' && p[length + 1] == '"')
                {
                    Unsafe.Add(ref places, record) = new JsonPlace { Start = p + 1, Length = length };
                    p += length + 2;
                }
                else
                {
                    p = LongText(p, chunk, column, record);
                }
            }

            if (p != null) ((byte**)at)[i++] = p;
            else count = chunk.Drop(i);
        }
    }

    /// <summary>Values that are kept as JSON text, arrays of short strings without blanks and escapes, tags mostly, the quick way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Json(JsonLiteral literal, JsonChunk chunk, JsonColumn column, int depth)
    {
        ref var places = ref column.Places[0];
        for (var i = 0; i < chunk.Count;)
        {
            var record = chunk.Records[i];
            var p = literal.Skip(chunk.At[i]);
            if (p != null)
            {
                var next = *p == '[' && depth <= Limits.NestingDepthMax ? ShortTexts(p, chunk.End) : null;
                if (next != null) Unsafe.Add(ref places, record) = new JsonPlace { Start = p, Length = (int)(next - p) };
                else next = AnyJson(p, chunk, column, record, depth);
                p = next;
            }

            if (p != null) chunk.At[i++] = p;
            else chunk.Drop(i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* LongTextCode(byte* p, JsonChunk chunk, JsonColumn column, int record)
    {
        if (*p != '"') return Null(p, chunk, column, record);
        var cursor = new JsonCursor(p, chunk.End);
        if (!cursor.ReadString(out var token)) return null;
        JsonValues.StoreText(column, token, chunk.FirstRow + record);
        return cursor.At;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* LongText(byte* p, JsonChunk chunk, JsonColumn column, int record)
    {
        if (*p != '"') return Null(p, chunk, column, record);
        var cursor = new JsonCursor(p, chunk.End);
        if (!cursor.ReadString(out var token)) return null;
        column.Places[record] = new JsonPlace { Start = token.Start, Length = (int)(token.End - token.Start), IsIrregular = token.IsIrregular };
        return cursor.At;
    }

    private static byte* AnyJson(byte* p, JsonChunk chunk, JsonColumn column, int record, int depth)
    {
        if (*p == 'n') return Null(p, chunk, column, record);
        var cursor = new JsonCursor(p, chunk.End);
        if (!cursor.ReadValue(out var token, depth)) return null;
        // The quotes of a string belong to its JSON text, and its escapes stay.
        var isIrregular = token.IsIrregular && token.Kind != JsonTokenKind.String;
        column.Places[record] = new JsonPlace { Start = p, Length = (int)(cursor.At - p), IsIrregular = isIrregular };
        return cursor.At;
    }

    /// <summary>Passes over an array of short strings without blanks and escapes; null when it is anything else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* ShortTexts(byte* p, byte* end)
    {
        if (p[1] == ']') return p + 2;
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
}
