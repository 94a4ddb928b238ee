using System.Globalization;
using System.Text;
using System.Text.Json;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Delta;

/// <summary>
/// The smallest and the largest value of a column in a file, as the log tells them; unknown where it does not. They may be rounded outwards, so
/// they can only ever rule a file out.
/// </summary>
public readonly record struct FileBounds(IComparable? Min, IComparable? Max)
{
    private const long MicrosPerMs = 1000;

    /// <summary>Longer decimals would be rounded.</summary>
    private const int ExactDigitsMax = 28;

    /// <summary>Nothing is known.</summary>
    public static FileBounds Unknown { get; } = new(null, null);

    /// <summary>Whether a value can lie within both.</summary>
    public bool Overlaps(in FileBounds other) => !(IsAbove(Min, other.Max) || IsAbove(other.Min, Max));

    /// <summary>The bounds of a column by its physical name.</summary>
    public static FileBounds Of(JsonElement statistics, DataType type, string physicalName) => new(
        Find(statistics, "minValues", physicalName) is { } min ? Read(min, type, up: false) : null,
        Find(statistics, "maxValues", physicalName) is { } max ? Read(max, type, up: true) : null);

    /// <summary>The bounds of one value that stands for the whole file: a partition value. Unknown for types whose values can be spelt in several ways.</summary>
    public static FileBounds OfPartition(string? value, DataType type)
    {
        if (type.Kind is not (TypeKind.String or TypeKind.Int64 or TypeKind.Date)) return Unknown;
        var bound = new Utf8Bound(Encoding.UTF8.GetBytes(value ?? ""));
        return new FileBounds(bound, bound);
    }

    /// <summary>The bounds of a date column in days since 1970, of a timestamp column in microseconds since 1970.</summary>
    public (long? Min, long? Max) ToUnix(DataType type) => (ToUnix(Min, type), ToUnix(Max, type));

    private static long? ToUnix(IComparable? bound, DataType type) => bound switch
    {
        int day when type.Kind == TypeKind.Date => day - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber,
        long micros when type.Kind == TypeKind.Timestamp => micros - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond),
        _ => null,
    };

    private static bool IsAbove(IComparable? a, IComparable? b) => a is not null && b is not null && a.CompareTo(b) > 0;

    private static JsonElement? Find(JsonElement statistics, string member, string name) =>
        statistics.ValueKind == JsonValueKind.Object && statistics.TryGetProperty(member, out var values) && values.ValueKind == JsonValueKind.Object
        && values.TryGetProperty(name, out var value) ? value : null;

    private static IComparable? Read(JsonElement value, DataType type, bool up) => (type.Kind, value.ValueKind) switch
    {
        (TypeKind.Int64, JsonValueKind.Number) => value.TryGetInt64(out var whole) ? whole : null,
        (TypeKind.Float64, JsonValueKind.Number) => value.TryGetDouble(out var number) ? number : null,
        (TypeKind.Decimal, JsonValueKind.Number) => value.GetRawText().Length <= ExactDigitsMax && value.TryGetDecimal(out var exact) ? exact : null,
        (TypeKind.String, JsonValueKind.String) => new Utf8Bound(Encoding.UTF8.GetBytes(value.GetString()!)),
        (TypeKind.Date, JsonValueKind.String) => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.DayNumber : null,
        (TypeKind.Timestamp, JsonValueKind.String) => Time(value.GetString()!, up),
        _ => null,
    };

    /// <summary>Some writers cut both ends to milliseconds: the true maximum may lie almost one later.</summary>
    private static IComparable? Time(string text, bool up)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return null;
        return (time.UtcTicks / TimeSpan.TicksPerMicrosecond) + (up ? MicrosPerMs - 1 : 0);
    }

    /// <summary>Text in the order of its UTF-8 bytes, which is the order of statistics.</summary>
    private sealed class Utf8Bound(byte[] bytes) : IComparable
    {
        private readonly byte[] _bytes = bytes;

        public int CompareTo(object? obj) => _bytes.AsSpan().SequenceCompareTo(((Utf8Bound)obj!)._bytes);
    }
}
