using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Json;

/// <summary>Vector scans over JSON text. All may read up to 64 bytes beyond the end they are given.</summary>
internal static unsafe class JsonScan
{
    /// <summary>The first quote, backslash or control character at or after <paramref name="p"/>, or <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static byte* StringSpecial(byte* p, byte* end)
    {
        if (!Vector256.IsHardwareAccelerated) return StringSpecialScalar(p, end);
        while (p < end)
        {
            var special = SpecialMask(Vector256.Load(p));
            if (special != 0)
            {
                p += BitOperations.TrailingZeroCount(special);
                return p < end ? p : end;
            }

            p += Vector256<byte>.Count;
        }

        return end;
    }

    /// <summary>Bit i is one where byte i is a quote, a backslash or a control character.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SpecialMask(Vector256<byte> text)
    {
        var special = Vector256.Equals(text, Vector256.Create((byte)'"'))
            | Vector256.Equals(text, Vector256.Create((byte)'\\'))
            | Vector256.Equals(Vector256.Min(text, Vector256.Create((byte)0x1F)), text);
        return special.ExtractMostSignificantBits();
    }

    /// <summary>The same one byte at a time.</summary>
    public static byte* StringSpecialScalar(byte* p, byte* end)
    {
        while (p < end && *p != '"' && *p != '\\' && *p >= 0x20) p++;
        return p;
    }

    /// <summary>A copy of a head with room behind it for scans that look ahead.</summary>
    public static byte[] Padded(FileHead head)
    {
        var padded = new byte[head.Bytes.Length + TextBlock.Slack];
        head.Bytes.Span.CopyTo(padded);
        return padded;
    }

    /// <summary>Blank, tab, line feed or carriage return.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSpace(byte c) => c <= ' ' && (1UL << c & (1UL << ' ' | 1UL << '\t' | 1UL << '\n' | 1UL << '\r')) != 0;

    /// <summary>The first byte that is no white space, or <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* SkipSpace(byte* p, byte* end)
    {
        while (p < end && IsSpace(*p)) p++;
        return p;
    }
}
