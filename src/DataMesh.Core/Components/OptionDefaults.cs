using System.Collections;
using System.Globalization;
using DataMesh.Core.Columns;

namespace DataMesh.Core.Components;

/// <summary>Reads what an option is without being given, for reference pages.</summary>
public static class OptionDefaults
{
    /// <summary>The default as a user would write it, or null when there is nothing to tell.</summary>
    public static string? TextOf(OptionDescriptor option, object instance)
    {
        if (option.Required) return null;
        return option.Property.GetValue(instance) switch
        {
            null or "" or DataType => null,
            string text => text,
            bool flag => flag ? "true" : "false",
            char character => character == '\t' ? "tab" : character == '\0' ? null : character.ToString(),
            Enum word => Naming.SnakeCase(word.ToString()),
            ByteCount { Bytes: 0 } => null,
            ByteCount size => SizeText(size.Bytes),
            TimeSpan time => time == TimeSpan.Zero ? null : TimeText(time),
            ExpressionText expression => expression.Text,
            IEnumerable list => ListText(list),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    private static string? ListText(IEnumerable list)
    {
        var items = list.Cast<object>().ToList();
        return items.Count == 0 || items.Exists(item => item is not (string or int or long or double)) ? null : $"[{string.Join(", ", items)}]";
    }

    private static string SizeText(long bytes) => bytes switch
    {
        >= 1 << 30 when bytes % (1 << 30) == 0 => $"{bytes >> 30}GB",
        >= 1 << 20 when bytes % (1 << 20) == 0 => $"{bytes >> 20}MB",
        >= 1 << 10 when bytes % (1 << 10) == 0 => $"{bytes >> 10}KB",
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };

    private static string TimeText(TimeSpan time) => time switch
    {
        _ when time.TotalDays >= 1 && time.TotalDays % 1 == 0 => $"{time.TotalDays:0}d",
        _ when time.TotalHours >= 1 && time.TotalHours % 1 == 0 => $"{time.TotalHours:0}h",
        _ when time.TotalMinutes >= 1 && time.TotalMinutes % 1 == 0 => $"{time.TotalMinutes:0}m",
        _ when time.TotalSeconds % 1 == 0 => $"{time.TotalSeconds:0}s",
        _ => $"{time.TotalMilliseconds:0}ms",
    };
}
