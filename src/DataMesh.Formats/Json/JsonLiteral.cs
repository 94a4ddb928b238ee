using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DataMesh.Formats.Json;

/// <summary>The text before a value, at most 32 bytes of it, ready to be compared in one step.</summary>
internal readonly unsafe struct JsonLiteral
{
    /// <summary>Longest text.</summary>
    public const int LengthMax = 32;

    private readonly Vector256<byte> _text;
    private readonly byte* _end;
    private readonly uint _others;
    private readonly int _length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public JsonLiteral(byte[] literals, in TemplateSlot slot, byte* end)
    {
        var skipped = Math.Max(slot.LiteralLength - LengthMax, 0);
        _text = Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(literals), (nuint)(slot.LiteralAt + skipped));
        _length = slot.LiteralLength - skipped;
        _others = (uint)(ulong.MaxValue << _length);
        _end = end;
    }

    /// <summary>The place behind the literal at <paramref name="p"/>, which lies before the text's end; null when something else stands there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Skip(byte* p)
    {
        var next = p + _length;
        return next < _end && (Vector256.Equals(Vector256.Load(p), _text).ExtractMostSignificantBits() | _others) == uint.MaxValue ? next : null;
    }
}
