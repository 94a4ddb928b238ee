using System.Buffers;
using System.Buffers.Text;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Json;

/// <summary>Puts any JSON value into a column of any type: the careful way, for values that the fast path does not take.</summary>
/// <param name="zone">Zone of times without one; null is UTC.</param>
internal sealed class JsonValues(TimeZoneInfo? zone)
{
    /// <summary>Sets a row; false when the value does not fit the column's type. Nothing is written then.</summary>
    public bool Store(JsonColumn column, in JsonToken token, int row)
    {
        if (token.Kind == JsonTokenKind.Null)
        {
            column.SetNull(row);
            return true;
        }

        return column.Type.Kind switch
        {
            TypeKind.Bool => StoreBool(column, token, row),
            TypeKind.Int64 => StoreInteger(column, token, row),
            TypeKind.Float64 => StoreDouble(column, token, row),
            TypeKind.Decimal => StoreDecimal(column, token, row),
            TypeKind.String => StoreString(column, token, row),
            TypeKind.Date => StoreDate(column, token, row),
            TypeKind.Timestamp => StoreTimestamp(column, token, row),
            TypeKind.Binary => StoreBinary(column, token, row),
            TypeKind.Json => StoreJson(column, token, row),
            _ => false,
        };
    }

    /// <summary>Sets a string value, resolving escapes.</summary>
    public static void StoreText(JsonColumn column, in JsonToken token, int row)
    {
        if (!token.IsIrregular)
        {
            column.SetBytes(row, token.Text);
            return;
        }

        var scratch = ArrayPool<byte>.Shared.Rent(token.Text.Length + 4);
        var length = JsonEscapes.Unescape(token.Text, scratch);
        column.SetBytes(row, scratch.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(scratch);
    }

    /// <summary>Copies the text of a whole value into a flat column: what a string between the quotes means, JSON without white space. Returns its length.</summary>
    public static int CopyIrregular(JsonColumn column, ReadOnlySpan<byte> text, Span<byte> target) =>
        column.Type.Kind == TypeKind.Json ? Minimise(text, target) : JsonEscapes.Unescape(text, target);

    /// <summary>Sets the text of a value, without white space outside of strings.</summary>
    public static unsafe bool StoreJson(JsonColumn column, in JsonToken token, int row)
    {
        if (token.Kind == JsonTokenKind.String)
        {
            column.SetBytes(row, new ReadOnlySpan<byte>(token.Start - 1, (int)(token.End - token.Start) + 2));
            return true;
        }

        if (!token.IsIrregular)
        {
            column.SetBytes(row, token.Text);
            return true;
        }

        var scratch = ArrayPool<byte>.Shared.Rent(token.Text.Length);
        column.SetBytes(row, scratch.AsSpan(0, Minimise(token.Text, scratch)));
        ArrayPool<byte>.Shared.Return(scratch);
        return true;
    }

    private static bool StoreBool(JsonColumn column, in JsonToken token, int row)
    {
        var isTrue = token.Kind == JsonTokenKind.True;
        if (!isTrue && token.Kind != JsonTokenKind.False)
        {
            if (!column.IsDeclared || token.Kind != JsonTokenKind.String) return false;
            isTrue = token.Text.SequenceEqual("true"u8);
            if (!isTrue && !token.Text.SequenceEqual("false"u8)) return false;
        }

        column.Set(row, isTrue ? (byte)1 : (byte)0);
        return true;
    }

    private bool StoreInteger(JsonColumn column, in JsonToken token, int row)
    {
        if (!IsNumber(column, token, out var number)) return false;
        if (number.Kind == JsonTokenKind.Integer)
        {
            if (!JsonNumbers.TryInteger(number.Text, out var value)) return false;
            column.Set(row, value);
            return true;
        }

        // 5.0 is a whole number too, but while types are still inferred it says that the column holds fractions.
        if (column.MayWiden) return false;
        if (!JsonNumbers.TryDouble(number.Text, out var whole) || whole != Math.Floor(whole) || Math.Abs(whole) > JsonNumbers.ExactMax) return false;
        column.Set(row, (long)whole);
        return true;
    }

    private static bool StoreDouble(JsonColumn column, in JsonToken token, int row)
    {
        if (!IsNumber(column, token, out var number)) return false;
        if (number.Kind == JsonTokenKind.Integer && !column.IsDeclared && !JsonTypes.IsExactDouble(number)) return false;
        if (!JsonNumbers.TryDouble(number.Text, out var value)) return false;
        column.Set(row, value);
        return true;
    }

    private static bool StoreDecimal(JsonColumn column, in JsonToken token, int row)
    {
        if (!IsNumber(column, token, out var number)) return false;
        if (!JsonNumbers.TryDecimal(number.Text, column.Type.Precision, column.Type.Scale, out var unscaled)) return false;
        column.Set(row, unscaled);
        return true;
    }

    private bool StoreString(JsonColumn column, in JsonToken token, int row)
    {
        if (token.Kind == JsonTokenKind.String)
        {
            StoreText(column, token, row);
            return true;
        }

        if (token.Kind is JsonTokenKind.Object or JsonTokenKind.Array && column.MayWiden) return false;
        return StoreJson(column, token, row);
    }

    private static bool StoreDate(JsonColumn column, in JsonToken token, int row)
    {
        if (token.Kind != JsonTokenKind.String || !JsonTimes.TryDate(token.Text, out var days)) return false;
        column.Set(row, days);
        return true;
    }

    private bool StoreTimestamp(JsonColumn column, in JsonToken token, int row)
    {
        if (token.Kind != JsonTokenKind.String) return false;
        if (!JsonTimes.TryTimestamp(token.Text, zone, out var micros))
        {
            if (!JsonTimes.TryDate(token.Text, out var days)) return false;
            micros = days * 86_400_000_000L;
            if (zone is not null) micros = JsonTimes.ToUtc(micros, zone);
        }

        column.Set(row, micros);
        return true;
    }

    private static bool StoreBinary(JsonColumn column, in JsonToken token, int row)
    {
        if (token.Kind != JsonTokenKind.String || token.IsIrregular) return false;
        var scratch = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(token.Text.Length) + 4);
        var isBase64 = Base64.DecodeFromUtf8(token.Text, scratch, out _, out var written) == OperationStatus.Done;
        if (isBase64) column.SetBytes(row, scratch.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(scratch);
        return isBase64;
    }

    /// <summary>A number, or, where the user declared a number, a string that holds one.</summary>
    private static unsafe bool IsNumber(JsonColumn column, in JsonToken token, out JsonToken number)
    {
        number = token;
        if (token.Kind is JsonTokenKind.Integer or JsonTokenKind.Fraction) return true;
        if (!column.IsDeclared || token.Kind != JsonTokenKind.String) return false;
        var cursor = new JsonCursor(token.Start, token.End);
        return token.Start < token.End && cursor.ReadNumber(out number) && cursor.At == token.End;
    }

    private static int Minimise(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var written = 0;
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (!inString && JsonScan.IsSpace(c)) continue;
            target[written++] = c;
            if (c == '"') inString = !inString;
            else if (c == '\\') target[written++] = text[++i];
        }

        return written;
    }
}
