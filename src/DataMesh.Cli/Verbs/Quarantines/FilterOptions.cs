using System.CommandLine;
using System.Globalization;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Cli.Verbs.Quarantines;

/// <summary>The options by which records of a quarantine are chosen.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string?> _reason = new("--reason") { Description = $"Only this reason: {string.Join(", ", QuarantineReasons.All)}.", HelpName = "WORD" };
    private readonly Option<string?> _stage = new("--stage") { Description = "Only records that this stage or source set aside.", HelpName = "ID" };
    private readonly Option<string?> _rule = new("--rule") { Description = "Only records that failed this rule.", HelpName = "RULE" };
    private readonly Option<string?> _column = new("--column") { Description = "Only records that failed because of this column.", HelpName = "NAME" };
    private readonly Option<string?> _since = new("--since") { Description = "Only records set aside at this time or later: 2026-01-31, or with a time in UTC: 2026-01-31T08:00.", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until") { Description = "Only records set aside before this time.", HelpName = "TIME" };
    private readonly Option<string>? _state;

    /// <summary>Adds the options to a command.</summary>
    public FilterOptions(Command command, bool withState)
    {
        foreach (var option in new[] { _reason, _stage, _rule, _column, _since, _until }) command.Add(option);
        if (!withState) return;
        _state = new Option<string>("--state") { Description = "waiting (default), replayed, discarded or all.", HelpName = "WORD", DefaultValueFactory = _ => "waiting" };
        _state.AcceptOnlyFromAmong("waiting", "replayed", "discarded", "all");
        command.Add(_state);
    }

    /// <summary>The filter as it was given.</summary>
    public QuarantineFilter Read(ParseResult parsed)
    {
        var reason = parsed.GetValue(_reason);
        if (reason is not null && !QuarantineReasons.All.Contains(reason))
            throw new DataMeshException($"There is no reason '{reason}'.", hint: Nearest.Hint(reason, [.. QuarantineReasons.All]));
        var state = _state is null ? "waiting" : parsed.GetValue(_state)!;
        return new QuarantineFilter
        {
            Reason = reason,
            Stage = parsed.GetValue(_stage),
            Rule = parsed.GetValue(_rule),
            Column = parsed.GetValue(_column),
            Since = Time(parsed.GetValue(_since), "--since"),
            Until = Time(parsed.GetValue(_until), "--until"),
            State = state == "all" ? null : Enum.Parse<RecordState>(state, ignoreCase: true),
        };
    }

    private static DateTimeOffset? Time(string? text, string option)
    {
        if (text is null) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
        throw new DataMeshException($"'{text}' after {option} is no time.", hint: "write for example 2026-01-31 or 2026-01-31T08:00:00Z");
    }
}
