using System.Text.Json;
using DataMesh.Core.Pipelines;

namespace DataMesh.Api.Operations;

/// <summary>Values as the contract writes them.</summary>
internal static class Words
{
    /// <summary>An enumeration's value in snake_case.</summary>
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>A trigger as a pipeline file writes it.</summary>
    public static string Of(Trigger trigger) => trigger.Kind switch
    {
        TriggerKind.Every => $"every {Span(trigger.Interval)}",
        TriggerKind.Cron => $"cron '{trigger.Cron}'{(trigger.TimeZone is null ? "" : $" {trigger.TimeZone}")}",
        TriggerKind.Continuous => "continuous",
        _ => "once",
    };

    private static string Span(TimeSpan time) =>
        time.TotalSeconds % 1 != 0 ? FormattableString.Invariant($"{time.TotalMilliseconds}ms")
        : time.TotalMinutes % 1 != 0 ? FormattableString.Invariant($"{time.TotalSeconds}s")
        : time.TotalHours % 1 != 0 ? FormattableString.Invariant($"{time.TotalMinutes}m")
        : time.TotalDays % 1 != 0 ? FormattableString.Invariant($"{time.TotalHours}h") : FormattableString.Invariant($"{time.TotalDays}d");
}
