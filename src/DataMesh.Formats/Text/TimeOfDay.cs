namespace DataMesh.Formats.Text;

/// <summary>The part of a timestamp behind its date.</summary>
internal static class TimeOfDay
{
    private const long MicrosPerMinute = 60_000_000L;

    /// <summary>Reads <c>HH:mm[:ss[.fraction]][ AM|PM][zone]</c>. <paramref name="offset"/> is the zone's distance from UTC in microseconds.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long micros, out bool hasZone, out long offset)
    {
        (micros, offset, hasZone) = (0, 0, false);
        var at = 0;
        if (!TimeText.TryReadNumber(text, ref at, 1, 2, out var hour) || at >= text.Length || text[at++] != ':') return false;
        if (!TimeText.TryReadNumber(text, ref at, 2, 2, out var minute)) return false;
        int second = 0, fraction = 0;
        if (at < text.Length && text[at] == ':')
        {
            at++;
            if (!TimeText.TryReadNumber(text, ref at, 2, 2, out second)) return false;
            if (at < text.Length && text[at] is (byte)'.' or (byte)',' && !TryReadFraction(text, ref at, out fraction)) return false;
        }

        text = text[at..].TrimStart((byte)' ');
        if (!TryHalfOfDay(ref text, ref hour) || hour > 23 || minute > 59 || second > 59) return false;
        micros = (hour * 60L + minute) * MicrosPerMinute + second * 1_000_000L + fraction;
        hasZone = !text.IsEmpty;
        return !hasZone || TryZone(text, out offset);
    }

    /// <summary>Digits behind the sixth are cut off: microseconds are what a timestamp holds.</summary>
    private static bool TryReadFraction(ReadOnlySpan<byte> text, ref int at, out int micros)
    {
        micros = 0;
        var start = ++at;
        for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++)
            if (at - start < 6) micros = micros * 10 + text[at] - '0';
        for (var digits = at - start; digits < 6; digits++) micros *= 10;
        return at - start is > 0 and <= 12;
    }

    private static bool TryHalfOfDay(ref ReadOnlySpan<byte> text, ref int hour)
    {
        if (text.Length < 2 || (text[1] | 0x20) != 'm' || (text[0] | 0x20) is not ('a' or 'p')) return true;
        if (hour is < 1 or > 12) return false;
        hour = hour % 12 + ((text[0] | 0x20) == 'p' ? 12 : 0);
        text = text[2..].TrimStart((byte)' ');
        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out long offset)
    {
        offset = 0;
        if (text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8) || text.SequenceEqual("UTC"u8) || text.SequenceEqual("GMT"u8)) return true;
        if (text[0] is not ((byte)'+' or (byte)'-')) return false;
        var at = 1;
        var minutes = 0;
        if (!TimeText.TryReadNumber(text, ref at, 2, 2, out var hours)) return false;
        if (at < text.Length)
        {
            if (text[at] == ':') at++;
            if (!TimeText.TryReadNumber(text, ref at, 2, 2, out minutes) || at != text.Length) return false;
        }

        if (hours > 18 || minutes > 59) return false;
        offset = (hours * 60L + minutes) * MicrosPerMinute * (text[0] == '-' ? -1 : 1);
        return true;
    }
}
