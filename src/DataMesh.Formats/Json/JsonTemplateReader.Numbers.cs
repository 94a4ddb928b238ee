using System.Numerics;
using System.Runtime.CompilerServices;

namespace DataMesh.Formats.Json;

/// <summary>Numbers and times.</summary>
internal static unsafe partial class JsonTemplateReader
{
    /// <summary>Integers: four at once, then one by one what is left over.</summary>
    private static void Int64(JsonLiteral literal, byte follower, JsonChunk chunk, JsonColumn column)
    {
        if (!JsonFourNumbers.IsSupported)
        {
            Int64(literal, chunk, column);
            return;
        }

        // From the last one on, as a record that is dropped gives its place to the last one.
        for (var left = chunk.FourNumbers.Read(literal, follower, chunk, ref column.Rows<long>(chunk.FirstRow)); left != 0;)
        {
            var i = 63 - BitOperations.LeadingZeroCount(left);
            left ^= 1UL << i;
            var next = JsonNumbers.Integer(chunk.At[i], out var value);
            if (next != null) column.Set(chunk.FirstRow + chunk.Records[i], value);
            else next = NullOrInteger(chunk.At[i], chunk, column, chunk.Records[i]);
            if (next != null) chunk.At[i] = next;
            else chunk.Drop(i);
        }
    }

    /// <summary>Decimal numbers likewise.</summary>
    private static void Float64(JsonLiteral literal, byte follower, JsonChunk chunk, JsonColumn column)
    {
        if (!JsonFourNumbers.IsSupported)
        {
            Float64(literal, chunk, column);
            return;
        }

        for (var left = chunk.FourNumbers.Read(literal, follower, chunk, ref column.Rows<double>(chunk.FirstRow)); left != 0;)
        {
            var i = 63 - BitOperations.LeadingZeroCount(left);
            left ^= 1UL << i;
            var next = JsonNumbers.Double(chunk.At[i], out var value);
            if (next != null) column.Set(chunk.FirstRow + chunk.Records[i], value);
            else next = NullOrNumber(chunk.At[i], chunk, column, chunk.Records[i]);
            if (next != null) chunk.At[i] = next;
            else chunk.Drop(i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Int64(JsonLiteral literal, JsonChunk chunk, JsonColumn column)
    {
        var (at, records, count) = ((nint)chunk.At, (nint)chunk.Records, chunk.Count);
        ref var values = ref column.Rows<long>(chunk.FirstRow);
        for (var i = 0; i < count;)
        {
            var record = ((int*)records)[i];
            var p = literal.Skip(((byte**)at)[i]);
            if (p != null)
            {
                var next = JsonNumbers.Integer(p, out var value);
                if (next != null) Unsafe.Add(ref values, record) = value;
                else next = NullOrInteger(p, chunk, column, record);
                p = next;
            }

            if (p != null) ((byte**)at)[i++] = p;
            else count = chunk.Drop(i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Float64(JsonLiteral literal, JsonChunk chunk, JsonColumn column)
    {
        var (at, records, count) = ((nint)chunk.At, (nint)chunk.Records, chunk.Count);
        ref var values = ref column.Rows<double>(chunk.FirstRow);
        for (var i = 0; i < count;)
        {
            var record = ((int*)records)[i];
            var p = literal.Skip(((byte**)at)[i]);
            if (p != null)
            {
                var next = JsonNumbers.Double(p, out var value);
                if (next != null) Unsafe.Add(ref values, record) = value;
                else next = NullOrNumber(p, chunk, column, record);
                p = next;
            }

            if (p != null) ((byte**)at)[i++] = p;
            else count = chunk.Drop(i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Timestamp(JsonLiteral literal, JsonChunk chunk, JsonColumn column, JsonValues values)
    {
        var (at, records, count) = ((nint)chunk.At, (nint)chunk.Records, chunk.Count);
        ref var rows = ref column.Rows<long>(chunk.FirstRow);
        for (var i = 0; i < count;)
        {
            var record = ((int*)records)[i];
            var p = literal.Skip(((byte**)at)[i]);
            if (p != null)
            {
                if (*p == '"' && p[20] == '"' && JsonTimes.TryCompact(p + 1, out var micros))
                {
                    Unsafe.Add(ref rows, record) = micros;
                    p += 21;
                }
                else
                {
                    p = Careful(p, chunk, column, record, values);
                }
            }

            if (p != null) ((byte**)at)[i++] = p;
            else count = chunk.Drop(i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* NullOrInteger(byte* p, JsonChunk chunk, JsonColumn column, int record)
    {
        if (*p == 'n') return Null(p, chunk, column, record);
        var cursor = new JsonCursor(p, chunk.End);
        if (*p == '"' || !cursor.ReadNumber(out var token) || token.Kind != JsonTokenKind.Integer || !JsonNumbers.TryInteger(token.Text, out var value)) return null;
        column.Set(chunk.FirstRow + record, value);
        return cursor.At;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* NullOrNumber(byte* p, JsonChunk chunk, JsonColumn column, int record)
    {
        if (*p == 'n') return Null(p, chunk, column, record);
        var cursor = new JsonCursor(p, chunk.End);
        if (*p == '"' || !cursor.ReadNumber(out var token)) return null;
        if (token.Kind == JsonTokenKind.Integer && !JsonTypes.IsExactDouble(token)) return null;
        if (!JsonNumbers.TryDouble(token.Text, out var value)) return null;
        column.Set(chunk.FirstRow + record, value);
        return cursor.At;
    }
}
