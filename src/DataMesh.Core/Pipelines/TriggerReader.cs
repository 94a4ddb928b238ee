using DataMesh.Core.Components;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Pipelines;

/// <summary>Reads <c>trigger:</c>: <c>once</c>, <c>continuous</c>, <c>every 5m</c> or <c>cron '0 3 * * *'</c>.</summary>
internal static class TriggerReader
{
    private const string Forms = "one of: once, continuous, every 5m, cron '0 3 * * *'";

    public static Trigger Read(SpecNode node, PipelineProblems problems)
    {
        var text = node switch
        {
            SpecScalar scalar => scalar.Text.Trim(),
            SpecMap { Entries: [{ Value: SpecScalar value } entry] } => $"{entry.Key} {value.Text}",
            _ => "",
        };
        var (word, rest) = text.IndexOf(' ', StringComparison.Ordinal) is var cut and > 0 ? (text[..cut], text[(cut + 1)..].Trim().Trim('\'', '"')) : (text, "");
        switch (word)
        {
            case "once" when rest.Length == 0: return Trigger.Once;
            case "continuous" when rest.Length == 0: return new Trigger(TriggerKind.Continuous);
            case "every" when ScalarOptions.TryDuration(rest, out var interval) && interval > TimeSpan.Zero: return new Trigger(TriggerKind.Every, interval);
            case "every": problems.Error($"'{rest}' is not an interval.", node.Location, hint: "write for example 'every 30s', 'every 5m', 'every 1h' or 'every 1d'"); break;
            case "cron" when IsCron(rest): return new Trigger(TriggerKind.Cron, Cron: rest);
            case "cron": problems.Error($"'{rest}' is not a cron expression.", node.Location, hint: "five fields: minute hour day-of-month month day-of-week, as in '0 3 * * *'"); break;
            default: problems.Error($"'{text}' is not a trigger.", node.Location, hint: Errors.Nearest.Find(word, ["once", "continuous", "every", "cron"]) is { } near ? $"did you mean '{near}'? {Forms}" : Forms); break;
        }

        return Trigger.Once;
    }

    private static bool IsCron(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length is 5 or 6 && fields.All(field => field.All(c => char.IsAsciiLetterOrDigit(c) || c is '*' or '/' or ',' or '-' or '?' or '#'));
    }
}
