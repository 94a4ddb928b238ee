using System.Runtime.CompilerServices;
using DataMesh.Core;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Json;

/// <summary>What a JSON value is, by its first byte.</summary>
internal enum JsonTokenKind : byte
{
    Null,
    True,
    False,
    /// <summary>A number without fraction and exponent.</summary>
    Integer,
    /// <summary>A number with fraction or exponent.</summary>
    Fraction,
    String,
    Object,
    Array,
}

/// <summary>A value's place in the text. For strings the range is what stands between the quotes.</summary>
internal unsafe struct JsonToken
{
    public byte* Start;
    public byte* End;
    public JsonTokenKind Kind;

    /// <summary>Strings: whether there are escapes. Objects and arrays: whether there is white space outside of strings.</summary>
    public bool IsIrregular;

    public readonly ReadOnlySpan<byte> Text => new(Start, (int)(End - Start));
}

/// <summary>
/// Reads RFC 8259 values strictly, front to back. After a method returned false, <see cref="Reason"/>, <see cref="Problem"/> and <see cref="At"/> say what was wrong and where.
/// It may look at up to 64 bytes beyond the end.
/// </summary>
internal unsafe ref struct JsonCursor(byte* at, byte* end)
{
    public byte* At = at;
    public readonly byte* End = end;

    /// <summary>One of <see cref="QuarantineReasons"/>.</summary>
    public string? Reason;

    public string? Problem;

    /// <summary>Moves to the next byte that is no white space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SkipSpace()
    {
        if (At < End && *At <= ' ') At = JsonScan.SkipSpace(At, End);
    }

    /// <summary>Reads any value; <paramref name="depth"/> is the depth that an object or array here would have.</summary>
    public bool ReadValue(out JsonToken token, int depth)
    {
        token = default;
        if (At >= End) return Fail("a value is missing");
        switch (*At)
        {
            case (byte)'"': return ReadString(out token);
            case (byte)'{' or (byte)'[': return ReadNested(out token, depth);
            case (byte)'t': return ReadWord("true"u8, JsonTokenKind.True, out token);
            case (byte)'f': return ReadWord("false"u8, JsonTokenKind.False, out token);
            case (byte)'n': return ReadWord("null"u8, JsonTokenKind.Null, out token);
            default: return ReadNumber(out token);
        }
    }

    /// <summary>Reads a string whose opening quote is at hand.</summary>
    public bool ReadString(out JsonToken token)
    {
        token = new JsonToken { Kind = JsonTokenKind.String, Start = At + 1 };
        var p = At + 1;
        while (true)
        {
            p = JsonScan.StringSpecial(p, End);
            if (p >= End) return Fail("a string is not closed");
            if (*p == '"') break;
            if (*p != '\\')
            {
                At = p;
                return Fail("a control character stands in a string");
            }

            token.IsIrregular = true;
            var length = JsonEscapes.Length(p, End);
            if (length == 0)
            {
                At = p;
                return Fail("a string holds an escape that does not exist");
            }

            p += length;
        }

        token.End = p;
        At = p + 1;
        return true;
    }

    /// <summary>Reads a number.</summary>
    public bool ReadNumber(out JsonToken token)
    {
        token = new JsonToken { Kind = JsonTokenKind.Integer, Start = At };
        var p = At;
        if (*p == '-') p++;
        var first = p;
        while (p < End && IsDigit(*p)) p++;
        if (p == first) return Fail(first == At ? "a value is expected here" : "a number has no digits");
        if (*first == '0' && p - first > 1) return Fail("a number begins with a zero");
        if (p < End && *p == '.')
        {
            token.Kind = JsonTokenKind.Fraction;
            var fraction = ++p;
            while (p < End && IsDigit(*p)) p++;
            if (p == fraction) return Fail("a number has no digits after its point");
        }

        if (p < End && (*p | 0x20) == 'e' && !ReadExponent(ref p, ref token)) return false;
        token.End = p;
        At = p;
        return true;
    }

    /// <summary>Passes over an object or array, checking it in full, without recursion.</summary>
    public bool ReadNested(out JsonToken token, int depth)
    {
        token = new JsonToken { Kind = *At == '{' ? JsonTokenKind.Object : JsonTokenKind.Array, Start = At };
        var outer = depth - 1;
        // One bit a level, one for objects: the depth limit lets them fit a word.
        ulong kinds = 0;
        var p = At;
        var open = true;
        while (true)
        {
            if (open)
            {
                if (++depth - 1 > Limits.NestingDepthMax) return TooDeep();
                var isObject = *At == '{';
                kinds = kinds << 1 | (isObject ? 1UL : 0UL);
                At++;
                Space(ref token);
                if (At < End && *At == (isObject ? '}' : ']'))
                {
                    open = false;
                }
                else
                {
                    if (isObject && !ReadKey(ref token)) return false;
                    if (!Step(ref token, out open)) return false;
                    continue;
                }
            }

            Space(ref token);
            if (At >= End) return Fail("an object or array is not closed");
            var inObject = (kinds & 1) != 0;
            if (*At == (inObject ? '}' : ']'))
            {
                At++;
                kinds >>= 1;
                if (--depth - 1 == outer) break;
                continue;
            }

            if (*At != ',') return Fail(inObject ? "a comma or closing brace is expected here" : "a comma or closing bracket is expected here");
            At++;
            Space(ref token);
            if (inObject && !ReadKey(ref token)) return false;
            if (!Step(ref token, out open)) return false;
        }

        token.End = At;
        return true;
    }

    /// <summary>Reads <c>"key" :</c> and the space behind it.</summary>
    public bool ReadKey(ref JsonToken container)
    {
        if (At >= End || *At != '"') return Fail("a member name in quotes is expected here");
        if (!ReadString(out _)) return false;
        Space(ref container);
        if (At >= End || *At != ':') return Fail("a colon is expected here");
        At++;
        Space(ref container);
        return true;
    }

    /// <summary>Notes what is wrong at <see cref="At"/>.</summary>
    public bool Fail(string problem)
    {
        Reason = QuarantineReasons.Undecodable;
        Problem = problem;
        return false;
    }

    /// <summary>Notes that the value is nested too deep.</summary>
    public bool TooDeep()
    {
        Reason = QuarantineReasons.TooDeep;
        Problem = $"a value is nested more than {Limits.NestingDepthMax} levels deep";
        return false;
    }

    /// <summary>A scalar is passed; an object or array is left for the caller to open.</summary>
    private bool Step(ref JsonToken token, out bool open)
    {
        open = At < End && *At is (byte)'{' or (byte)'[';
        return open || ReadValue(out _, 0);
    }

    private void Space(ref JsonToken container)
    {
        if (At >= End || *At > ' ') return;
        var before = At;
        SkipSpace();
        if (At != before) container.IsIrregular = true;
    }

    private bool ReadWord(ReadOnlySpan<byte> word, JsonTokenKind kind, out JsonToken token)
    {
        token = new JsonToken { Kind = kind, Start = At };
        if (End - At < word.Length || !new ReadOnlySpan<byte>(At, word.Length).SequenceEqual(word)) return Fail("a value is expected here");
        At += word.Length;
        token.End = At;
        return true;
    }

    private bool ReadExponent(ref byte* p, ref JsonToken token)
    {
        token.Kind = JsonTokenKind.Fraction;
        p++;
        if (p < End && *p is (byte)'+' or (byte)'-') p++;
        var digits = p;
        while (p < End && IsDigit(*p)) p++;
        return p != digits || Fail("a number has no digits in its exponent");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsDigit(byte c) => (uint)(c - '0') <= 9;
}
