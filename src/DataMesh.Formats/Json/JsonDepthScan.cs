using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DataMesh.Formats.Json;

/// <summary>
/// Finds the end of one JSON value in text that comes piece by piece, 64 bytes a step, without checking what stands inside.
/// It may look at up to 64 bytes beyond the end of a piece.
/// </summary>
internal unsafe struct JsonDepthScan
{
    private bool _isNested;
    private bool _isString;
    private bool _hasFirst;
    private int _depth;
    private ulong _inString;
    private ulong _escaped;

    /// <summary>Begins at a value whose first byte is <paramref name="first"/>; that byte is fed too.</summary>
    public static JsonDepthScan Begin(byte first) =>
        new() { _isNested = first is (byte)'{' or (byte)'[', _isString = first == '"' };

    /// <summary>Offset just past the value's end in this piece, or -1 when it goes on. <paramref name="isLast"/>: no more text follows.</summary>
    public int Feed(byte* text, int length, bool isLast)
    {
        if (_isNested) return Vector256.IsHardwareAccelerated ? FeedNested(text, length) : FeedNestedScalar(text, 0, length);
        return _isString ? FeedString(text, length) : FeedPlain(text, length, isLast);
    }

    /// <summary>The same one byte at a time.</summary>
    public int FeedScalar(byte* text, int length, bool isLast) => _isNested ? FeedNestedScalar(text, 0, length) : Feed(text, length, isLast);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FeedNested(byte* text, int length)
    {
        var i = 0;
        for (; i + 64 <= length; i += 64)
        {
            var (low, high) = (Vector256.Load(text + i), Vector256.Load(text + i + 32));
            var quotes = Mask(low, high, (byte)'"');
            var backslashes = Mask(low, high, (byte)'\\');
            if ((backslashes | _escaped) != 0) quotes &= ~Escaped(backslashes);
            var inString = PrefixXor(quotes) ^ _inString;
            _inString = (ulong)((long)inString >> 63);
            // Braces and brackets differ in one bit.
            var (lowFolded, highFolded) = (low | Vector256.Create((byte)0x20), high | Vector256.Create((byte)0x20));
            var opens = Mask(lowFolded, highFolded, (byte)'{') & ~inString;
            var closes = Mask(lowFolded, highFolded, (byte)'}') & ~inString;
            var closed = BitOperations.PopCount(closes);
            if (closed < _depth)
            {
                _depth += BitOperations.PopCount(opens) - closed;
                continue;
            }

            for (var both = opens | closes; both != 0; both &= both - 1)
            {
                var at = BitOperations.TrailingZeroCount(both);
                if ((opens >> at & 1) != 0) _depth++;
                else if (--_depth == 0) return i + at + 1;
            }
        }

        return FeedNestedScalar(text, i, length);
    }

    private int FeedNestedScalar(byte* text, int from, int length)
    {
        for (var i = from; i < length; i++)
        {
            var c = text[i];
            var isEscaped = _escaped != 0;
            _escaped = c == '\\' && !isEscaped ? 1UL : 0UL;
            if (c == '"') _inString = isEscaped ? _inString : ~_inString;
            else if (_inString != 0) continue;
            else if (c is (byte)'{' or (byte)'[') _depth++;
            else if (c is (byte)'}' or (byte)']' && --_depth == 0) return i + 1;
        }

        return -1;
    }

    private int FeedString(byte* text, int length)
    {
        for (var i = 0; i < length; i++)
        {
            if (_escaped != 0) _escaped = 0;
            else if (text[i] == '\\') _escaped = 1;
            else if (text[i] == '"' && (_inString = ~_inString) == 0) return i + 1;
        }

        return -1;
    }

    private int FeedPlain(byte* text, int length, bool isLast)
    {
        // The first byte is part of the value whatever it is, so that a walk always gets ahead.
        var from = _hasFirst ? 0 : 1;
        _hasFirst |= length > 0;
        for (var i = from; i < length; i++)
            if (text[i] <= ' ' || text[i] is (byte)',' or (byte)']' or (byte)'}') return i;
        return isLast ? length : -1;
    }

    private static ulong Mask(Vector256<byte> low, Vector256<byte> high, byte value)
    {
        var wanted = Vector256.Create(value);
        return Vector256.Equals(low, wanted).ExtractMostSignificantBits() | (ulong)Vector256.Equals(high, wanted).ExtractMostSignificantBits() << 32;
    }

    /// <summary>Bit i of the result is the parity of bits 0 to i: ones from each opening quote up to its closing one.</summary>
    private static ulong PrefixXor(ulong bits)
    {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ bits << 32;
    }

    /// <summary>Bytes behind an odd run of backslashes; carries over to the next 64 (after Langdale and Lemire, "Parsing Gigabytes of JSON per Second").</summary>
    private ulong Escaped(ulong backslashes)
    {
        const ulong even = 0x5555555555555555;
        backslashes &= ~_escaped;
        var follows = backslashes << 1 | _escaped;
        var oddStarts = backslashes & ~even & ~follows;
        var sum = unchecked(oddStarts + backslashes);
        _escaped = sum < oddStarts ? 1UL : 0UL;
        return (even ^ sum << 1) & follows;
    }
}
