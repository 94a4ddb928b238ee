using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Kernels;

/// <summary>How a cast reads and writes texts.</summary>
public sealed record CastFormat
{
    private DateTimePattern[]? _compiled;
    private TimeZoneInfo? _zone;

    /// <summary>
    /// Patterns of dates and timestamps, tried in order: <c>%d.%m.%Y</c> as strptime has them, or <c>dd.MM.yyyy</c> as .NET has them. None: ISO 8601.
    /// </summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];

    /// <summary>IANA time zone in which times without an offset are read, and in which patterns write them.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>How digits beyond the scale of a decimal, or after the point of an integer, are rounded.</summary>
    public DecimalRounding Rounding { get; init; }

    /// <summary>The zone, or an error that names it.</summary>
    internal TimeZoneInfo Zone => _zone ??= FindZone(TimeZone);

    internal DateTimePattern[] Compiled => _compiled ??= [.. Patterns.Select(DateTimePattern.Parse)];

    /// <summary>Checks the patterns and the zone. Throws <see cref="DataMeshException"/> for what makes no sense.</summary>
    public void Validate(Location? location = null)
    {
        try
        {
            _ = Zone;
            _ = Compiled;
        }
        catch (DataMeshException wrong) when (wrong.Location is null && location is not null)
        {
            throw new DataMeshException(wrong.Message, location, wrong.Detail, wrong.Hint, wrong);
        }
    }

    /// <summary>A time zone by its IANA name.</summary>
    internal static TimeZoneInfo FindZone(string name)
    {
        if (name.Equals("UTC", StringComparison.OrdinalIgnoreCase)) return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        throw new DataMeshException($"There is no time zone '{name}'.", hint: "IANA names are valid, such as Europe/Berlin or America/New_York");
    }
}
