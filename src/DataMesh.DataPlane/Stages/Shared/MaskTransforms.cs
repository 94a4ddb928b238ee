using System.Security.Cryptography;
using System.Text;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>HMAC-SHA256 in hex: equal values stay equal, and without the salt nobody can try values out.</summary>
internal sealed class HashMask(string salt) : TextTransform
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(salt));

    public override bool Apply(ReadOnlySpan<byte> value, TextBuffer target)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _hash.AppendData(value);
        _hash.GetHashAndReset(digest);
        Convert.TryToHexStringLower(digest, target.Room(digest.Length * 2), out var written);
        target.Advance(written);
        return true;
    }
}

/// <summary>The same text for every value.</summary>
internal sealed class FixedMask(string text) : TextTransform
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(text);

    public override bool Apply(ReadOnlySpan<byte> value, TextBuffer target)
    {
        target.Append(_text);
        return true;
    }
}

/// <summary>Stars for all characters but some at the ends. A value that is not longer than what is kept becomes all stars.</summary>
internal sealed class PartialMask(int keepFirst, int keepLast) : TextTransform
{
    public override bool Apply(ReadOnlySpan<byte> value, TextBuffer target)
    {
        var count = 0;
        foreach (var each in value)
            if (IsFirstByte(each)) count++;
        var all = count <= keepFirst + keepLast;
        var at = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (IsFirstByte(value[i])) at++;
            if (!all && (at <= keepFirst || at > count - keepLast)) target.Append(value[i]);
            else if (IsFirstByte(value[i])) target.Append((byte)'*');
        }

        return true;
    }

    /// <summary>Whether a byte begins a UTF-8 character.</summary>
    private static bool IsFirstByte(byte value) => (value & 0xC0) != 0x80;
}
