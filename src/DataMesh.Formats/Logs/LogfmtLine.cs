using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace DataMesh.Formats.Logs;

/// <summary>
/// Turns a line of <c>key=value</c> pairs into a JSON object: numbers, true, false and null as they are written, other values as strings; an empty value and a
/// dash are null, a key without a value is true. In quotes, escapes are those of JSON and of Go; any other backslash stands for itself.
/// </summary>
internal static class LogfmtLine
{
    /// <summary>Most bytes that a byte of a line becomes, and what a pair adds.</summary>
    private const int BytesPerByteMax = 6;

    private static readonly SearchValues<byte> Plain = PlainBytes();

    /// <summary>Bytes that a line may need.</summary>
    public static int RoomFor(int length) => length * BytesPerByteMax + 16;

    /// <summary>Writes the object; -1 when the line has no such form, and <paramref name="problem"/> says why.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="target">Room for it (<see cref="RoomFor"/>).</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="pairs">Keys with values.</param>
    /// <param name="bare">Keys without.</param>
    public static int Write(ReadOnlySpan<byte> line, Span<byte> target, out string? problem, out int pairs, out int bare)
    {
        (pairs, bare) = (0, 0);
        problem = Utf8.IsValid(line) ? null : "the line is no valid UTF-8";
        var writer = new Writer(target);
        writer.Byte((byte)'{');
        for (var at = SkipSpace(line, 0); at < line.Length && problem is null; at = SkipSpace(line, at))
        {
            if (pairs + bare > 0) writer.Byte((byte)',');
            var end = at;
            while (end < line.Length && line[end] > ' ' && line[end] is not ((byte)'=' or (byte)'"')) end++;
            if (end == at) problem = Told("a key is expected", at);
            else if (end < line.Length && line[end] == '"') problem = Told("a quote stands in a key", end);
            writer.Text(line[at..end]);
            writer.Byte((byte)':');
            at = end;
            if (at < line.Length && line[at] == '=')
            {
                pairs++;
                problem ??= Value(line, ref at, ref writer);
            }
            else
            {
                bare++;
                writer.Raw("true"u8);
            }
        }

        if (problem is null && pairs == 0) problem = "the line has no key=value";
        writer.Byte((byte)'}');
        return problem is null ? writer.Length : -1;
    }

    /// <summary>Whether the text is a number as JSON writes it.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text)
    {
        var at = text.StartsWith("-"u8) ? 1 : 0;
        var digits = Digits(text, at);
        if (digits == 0 || (digits > 1 && text[at] == '0')) return false;
        at += digits;
        if (at < text.Length && text[at] == '.')
        {
            if ((digits = Digits(text, at + 1)) == 0) return false;
            at += digits + 1;
        }

        if (at == text.Length || text[at] is not ((byte)'e' or (byte)'E')) return at == text.Length;
        at += at + 1 < text.Length && text[at + 1] is (byte)'+' or (byte)'-' ? 2 : 1;
        digits = Digits(text, at);
        return digits > 0 && at + digits == text.Length;
    }

    private static int Digits(ReadOnlySpan<byte> text, int from)
    {
        var at = from;
        while (at < text.Length && char.IsAsciiDigit((char)text[at])) at++;
        return at - from;
    }

    /// <summary>Writes the value behind the equals sign at <paramref name="at"/>, which moves behind it.</summary>
    private static string? Value(ReadOnlySpan<byte> line, ref int at, ref Writer writer)
    {
        at++;
        if (at < line.Length && line[at] == '"') return Quoted(line, ref at, ref writer);
        var start = at;
        while (at < line.Length && line[at] > ' ')
        {
            if (line[at] == '"') return Told("a quote stands in a value", at);
            at++;
        }

        var value = line[start..at];
        if (value.IsEmpty || value.SequenceEqual("-"u8)) writer.Raw("null"u8);
        else if (IsNumber(value) || value.SequenceEqual("true"u8) || value.SequenceEqual("false"u8) || value.SequenceEqual("null"u8)) writer.Raw(value);
        else writer.Text(value);
        return null;
    }

    private static string? Quoted(ReadOnlySpan<byte> line, ref int at, ref Writer writer)
    {
        var start = at++;
        writer.Byte((byte)'"');
        while (at < line.Length && line[at] != '"')
        {
            var length = line[at..].IndexOfAnyExcept(Plain);
            if (length != 0)
            {
                length = length < 0 ? line.Length - at : length;
                writer.Raw(line.Slice(at, length));
                at += length;
            }
            else if (line[at] == '\\' && at + 1 < line.Length) Escape(line, ref at, ref writer);
            else writer.Escaped(line[at++]);
        }

        if (at >= line.Length) return Told("a quote is not closed", start);
        writer.Byte((byte)'"');
        at++;
        return at == line.Length || line[at] <= ' ' ? null : Told("a space is expected behind a quoted value", at);
    }

    private static void Escape(ReadOnlySpan<byte> line, ref int at, ref Writer writer)
    {
        var rest = line[(at + 1)..];
        var sign = (char)rest[0];
        if (sign is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't') writer.Raw(line.Slice(at, 2));
        else if (sign == '\'') writer.Byte((byte)'\'');
        else if (sign is 'a' or 'v') writer.Raw(sign == 'a' ? "\\u0007"u8 : "\\u000b"u8);
        else if (sign == 'u' && Hex(rest, 4)) writer.Raw(line.Slice(at, 6));
        else if (sign == 'x' && Hex(rest, 2)) writer.Raw([.. "\\u00"u8, rest[1], rest[2]]);
        else
        {
            writer.Raw("\\\\"u8);
            at++;
            return;
        }

        at += sign == 'u' ? 6 : sign == 'x' ? 4 : 2;
    }

    private static bool Hex(ReadOnlySpan<byte> escape, int digits)
    {
        if (escape.Length <= digits) return false;
        foreach (var digit in escape.Slice(1, digits))
            if (!char.IsAsciiHexDigit((char)digit)) return false;
        return true;
    }

    private static int SkipSpace(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && line[at] <= ' ') at++;
        return at;
    }

    private static string Told(string problem, int at) => string.Create(CultureInfo.InvariantCulture, $"{problem} (column {at + 1})");

    private ref struct Writer(Span<byte> target)
    {
        private readonly Span<byte> _target = target;

        public int Length { get; private set; }

        public void Byte(byte value) => _target[Length++] = value;

        public void Raw(scoped ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_target[Length..]);
            Length += bytes.Length;
        }

        /// <summary>A JSON string.</summary>
        public void Text(scoped ReadOnlySpan<byte> bytes)
        {
            Byte((byte)'"');
            foreach (var each in bytes)
            {
                if (Plain.Contains(each)) Byte(each);
                else Escaped(each);
            }

            Byte((byte)'"');
        }

        /// <summary>A quote, a backslash, or a control character.</summary>
        public void Escaped(byte value)
        {
            if (value is (byte)'"' or (byte)'\\')
            {
                Byte((byte)'\\');
                Byte(value);
            }
            else
            {
                Raw("\\u00"u8);
                Byte("0123456789abcdef"u8[value >> 4]);
                Byte("0123456789abcdef"u8[value & 15]);
            }
        }
    }

    private static SearchValues<byte> PlainBytes()
    {
        Span<byte> plain = stackalloc byte[0xE0];
        var count = 0;
        for (var each = 0x20; each <= byte.MaxValue; each++)
            if (each is not ('"' or '\\')) plain[count++] = (byte)each;
        return SearchValues.Create(plain[..count]);
    }
}
