using System.CommandLine;
using System.Globalization;
using DataMesh.Cli.Output;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Drift;

namespace DataMesh.Cli.Verbs.Drifts;

/// <summary><c>datamesh drift show</c>: one change with its evidence, what was done, and what can be done.</summary>
internal static class DriftShowVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var number = new Argument<int>("N") { Description = "Number of the change, as 'drift list' gives it." };
        var json = CommonOptions.Json();
        var command = new Command("show", "Show one change: before and after, evidence, and what was done.") { file, number, json };
        command.Act(async (parsed, cancellation) =>
        {
            var definition = PipelineLoading.Load(parsed.GetValue(file)!);
            var all = await DriftHistory.ReadAsync(definition, TimeProvider.System, cancellation);
            var wanted = parsed.GetValue(number);
            var drift = all.FirstOrDefault(each => each.Number == wanted)
                ?? throw new DataMeshException($"There is no change {wanted}.", hint: all.Count == 0 ? "no run met a change yet" : $"they have the numbers 1 to {all.Count}; see 'datamesh drift list'");
            if (parsed.GetValue(json)) JsonPrinter.Print(DriftListVerb.Json(drift));
            else Print(drift);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(NumberedDrift drift)
    {
        var change = drift.Event;
        Terminal.Line($"{Terminal.Bold($"{DriftAdvice.Sentence(change)}.")}");
        Row("kind", DriftAdvice.Word(change));
        Row("first seen at", DriftListVerb.Where(change) + (change.Position >= 0 ? string.Create(CultureInfo.InvariantCulture, $" (position {change.Position})") : ""));
        Row("source", change.Source);
        Row("before", change.Before ?? "nothing");
        Row("after", change.After ?? "nothing");
        Row("evidence", change.Evidence ?? "the file's structure");
        Row("decision", $"{Naming.SnakeCase(change.Decision.ToString())}: {DriftAdvice.Done(change)}");
        Row("met", string.Create(CultureInfo.InvariantCulture, $"{change.At:u} in epoch {drift.Epoch}"));
        if (DriftAdvice.Next(change) is { } next) Row("what to do", next);
    }

    private static void Row(string name, string text) => Terminal.Line($"  {name,-14} {text}");
}
