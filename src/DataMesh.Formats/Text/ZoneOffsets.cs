namespace DataMesh.Formats.Text;

/// <summary>Turns local times of one zone into UTC, remembering offsets by quarter of an hour: zones change their offset only on such borders.</summary>
public sealed class ZoneOffsets(TimeZoneInfo zone)
{
    private const long QuarterMicros = 15L * 60 * 1_000_000;
    private const int Slots = 1024;
    private readonly long[] _quarters = new long[Slots];
    private readonly long[] _offsets = new long[Slots];

    /// <summary>Whether the zone is UTC, so that there is nothing to do.</summary>
    public bool IsUtc { get; } = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;

    /// <summary>Microseconds since 1970 in UTC for microseconds since 1970 on the zone's clock.</summary>
    public long ToUtc(long local)
    {
        if (IsUtc) return local;
        var quarter = Math.DivRem(local, QuarterMicros, out var rest) + (rest < 0 ? -1 : 0);
        var slot = (int)(quarter & (Slots - 1));
        if (_quarters[slot] != quarter || quarter == 0)
        {
            var clock = new DateTime(DateTime.UnixEpoch.Ticks + quarter * QuarterMicros * 10, DateTimeKind.Unspecified);
            _offsets[slot] = zone.GetUtcOffset(clock).Ticks / 10;
            _quarters[slot] = quarter;
        }

        return local - _offsets[slot];
    }
}
