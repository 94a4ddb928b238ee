using System.Text;

namespace DataMesh.DataPlane.Kernels;

/// <summary>A compiled <c>like</c> pattern: <c>%</c> any characters, <c>_</c> one character, and an escape character when one is declared.</summary>
internal sealed class LikePattern
{
    private enum Shape { General, Exact, Prefix, Suffix, Contains }

    // Tokens of the general form: text bytes, or one of the two wildcards, told apart by the mask.
    private readonly byte[] _bytes;
    private readonly bool[] _isWildcard;
    private readonly byte[] _literal = [];
    private readonly Shape _shape;
    private readonly bool _ignoreCase;

    public LikePattern(byte[] pattern, byte[] escape, bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
        if (ignoreCase) pattern = Lower(pattern);
        var bytes = new List<byte>();
        var wildcards = new List<bool>();
        for (var i = 0; i < pattern.Length; i++)
        {
            var escaped = escape.Length == 1 && pattern[i] == escape[0] && i + 1 < pattern.Length;
            if (escaped) i++;
            bytes.Add(pattern[i]);
            wildcards.Add(!escaped && pattern[i] is (byte)'%' or (byte)'_');
            if (escaped) wildcards[^1] = false;
        }

        (_bytes, _isWildcard) = ([.. bytes], [.. wildcards]);
        _shape = FindShape(out _literal);
    }

    public bool Matches(ReadOnlySpan<byte> text)
    {
        if (_ignoreCase) return MatchesLower(text);
        return Test(text);
    }

    private bool Test(ReadOnlySpan<byte> text) => _shape switch
    {
        Shape.Exact => text.SequenceEqual(_literal),
        Shape.Prefix => text.StartsWith(_literal),
        Shape.Suffix => text.EndsWith(_literal),
        Shape.Contains => text.IndexOf(_literal) >= 0,
        _ => MatchGeneral(text),
    };

    private bool MatchesLower(ReadOnlySpan<byte> text)
    {
        if (!Ascii.IsValid(text) || text.Length > 1024) return Test(Lower(text));
        Span<byte> lower = stackalloc byte[text.Length];
        Ascii.ToLower(text, lower, out _);
        return Test(lower);
    }

    private Shape FindShape(out byte[] literal)
    {
        var first = 0;
        var last = _bytes.Length;
        while (first < last && _isWildcard[first] && _bytes[first] == '%') first++;
        while (last > first && _isWildcard[last - 1] && _bytes[last - 1] == '%') last--;
        literal = _bytes[first..last];
        if (_isWildcard.AsSpan(first, last - first).Contains(true)) return Shape.General;
        return (first > 0, last < _bytes.Length) switch
        {
            (false, false) => Shape.Exact,
            (false, true) => Shape.Prefix,
            (true, false) => last == first ? Shape.Contains : Shape.Suffix,
            _ => Shape.Contains,
        };
    }

    /// <summary>Greedy with one point to go back to: the last <c>%</c>. Linear in most cases, never worse than text × pattern.</summary>
    private bool MatchGeneral(ReadOnlySpan<byte> text)
    {
        int at = 0, p = 0, starAt = -1, starP = -1;
        while (at < text.Length)
        {
            if (p < _bytes.Length && _isWildcard[p] && _bytes[p] == '%')
            {
                (starP, starAt) = (p++, at);
            }
            else if (p < _bytes.Length && _isWildcard[p])
            {
                at = Math.Min(text.Length, at + Utf8Text.CharacterLength(text[at]));
                p++;
            }
            else if (p < _bytes.Length && _bytes[p] == text[at])
            {
                at++;
                p++;
            }
            else if (starP >= 0)
            {
                starAt = Math.Min(text.Length, starAt + Utf8Text.CharacterLength(text[starAt]));
                (p, at) = (starP + 1, starAt);
            }
            else return false;
        }

        while (p < _bytes.Length && _isWildcard[p] && _bytes[p] == '%') p++;
        return p == _bytes.Length;
    }

    private static byte[] Lower(ReadOnlySpan<byte> text) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).ToLowerInvariant());
}
