using DataMesh.Core.Components;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Pipelines;

/// <summary>
/// Reads <c>trigger:</c>: <c>once</c>, <c>continuous</c>, <c>every 5m</c>, <c>cron '0 3 * * *'</c> or <c>{ cron: '0 3 * * *', timezone: Europe/Oslo }</c>.
/// </summary>
internal static class TriggerReader
{
    private const string Forms = "one of: once, continuous, every 5m, cron '0 3 * * *'";

    public static Trigger Read(SpecNode node, PipelineProblems problems)
    {
        var zone = node is SpecMap map && map.Find("timezone") is { Value: SpecScalar named } ? named.Text : null;
        var text = node switch
        {
            SpecScalar scalar => scalar.Text.Trim(),
            SpecMap { Entries: [{ Value: SpecScalar value } entry] } => $"{entry.Key} {value.Text}",
            SpecMap { Entries: [{ Value: SpecScalar value } entry, _] } when zone is not null => $"{entry.Key} {value.Text}",
            _ => "",
        };
        var (word, rest) = text.IndexOf(' ', StringComparison.Ordinal) is var cut and > 0 ? (text[..cut], text[(cut + 1)..].Trim().Trim('\'', '"')) : (text, "");
        switch (word)
        {
            case "once" when rest.Length == 0: return Trigger.Once;
            case "continuous" when rest.Length == 0: return new Trigger(TriggerKind.Continuous);
            case "every" when ScalarOptions.TryDuration(rest, out var interval) && interval > TimeSpan.Zero: return new Trigger(TriggerKind.Every, interval);
            case "every": problems.Error($"'{rest}' is not an interval.", node.Location, hint: "write for example 'every 30s', 'every 5m', 'every 1h' or 'every 1d'"); break;
            case "cron" when CronTimes.TryParse(rest, zone, out _, out _): return new Trigger(TriggerKind.Cron, Cron: rest, TimeZone: zone);
            case "cron": Refuse(rest, zone, node, problems); break;
            default: problems.Error($"'{text}' is not a trigger.", node.Location, hint: Errors.Nearest.Find(word, ["once", "continuous", "every", "cron"]) is { } near ? $"did you mean '{near}'? {Forms}" : Forms); break;
        }

        return Trigger.Once;
    }

    private static void Refuse(string cron, string? zone, SpecNode node, PipelineProblems problems)
    {
        CronTimes.TryParse(cron, zone, out _, out var why);
        problems.Error($"'{cron}' is not a cron expression: {why}.", node.Location, hint: "five fields: minute hour day-of-month month day-of-week, as in '0 3 * * *'");
    }
}
