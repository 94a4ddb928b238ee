using System.Text;
using System.Text.RegularExpressions;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Logs;

/// <summary>The forms of log lines: named ones, and the words that patterns such as <c>%{IP:client} %{WORD:method}</c> are made of.</summary>
internal static class LogPatterns
{
    /// <summary>Fields of this word hold the time of the Apache log formats and are rewritten as ISO 8601.</summary>
    public const string HttpDate = "HTTPDATE";

    private const string Common = """%{NOTSPACE:client} %{NOTSPACE:ident} %{NOTSPACE:user} \[%{HTTPDATE:time}\] "(?:%{NOTSPACE:method} %{NOTSPACE:path}(?: %{NOTSPACE:protocol})?|%{DATA:request})" %{INT:status} (?:%{INT:bytes}|-)""";

    /// <summary>Named forms, the more special ones first.</summary>
    public static IReadOnlyDictionary<string, string> Named { get; } = new Dictionary<string, string>
    {
        ["combined"] = Common + """ "%{DATA:referer}" "%{DATA:agent}"(?: .*)?""",
        ["common"] = Common,
        ["syslog5424"] = """<%{INT:priority}>%{INT:version} (?:%{TIMESTAMP_ISO8601:time}|-) %{NOTSPACE:host} %{NOTSPACE:app} %{NOTSPACE:process} %{NOTSPACE:message_id} (?<data>-|(?:\[[^\]]*\])+)(?: %{GREEDYDATA:message})?""",
        ["syslog"] = """(?:<%{INT:priority}>)?%{SYSLOGTIMESTAMP:time} %{NOTSPACE:host} (?<app>[^:\[\s]+)(?:\[%{INT:process}\])?: ?%{GREEDYDATA:message}""",
    };

    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["WORD"] = @"\w+",
        ["NOTSPACE"] = @"\S+",
        ["SPACE"] = @"\s*",
        ["DATA"] = ".*?",
        ["GREEDYDATA"] = ".*",
        ["INT"] = "[+-]?[0-9]+",
        ["POSINT"] = "[1-9][0-9]*",
        ["NUMBER"] = @"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?",
        ["IP"] = @"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)",
        ["HOSTNAME"] = @"[0-9A-Za-z][0-9A-Za-z-]*(?:\.[0-9A-Za-z-]+)*\.?",
        ["IPORHOST"] = @"[0-9A-Za-z:._-]+",
        ["USER"] = "[a-zA-Z0-9._@-]+",
        ["QUOTEDSTRING"] = "\"(?:[^\"\\\\]|\\\\.)*\"",
        ["UUID"] = "[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}",
        ["PATH"] = @"/\S*",
        ["URI"] = @"[A-Za-z][A-Za-z0-9+.-]*://\S+",
        ["LOGLEVEL"] = "(?i:trace|debug|info|information|notice|warn|warning|error|err|crit|critical|fatal|severe|alert|emerg|emergency)",
        ["TIMESTAMP_ISO8601"] = @"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?",
        ["SYSLOGTIMESTAMP"] = "[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}",
        [HttpDate] = "[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}",
    };

    /// <summary>Compiles a named form, a pattern of words, or a regular expression with named groups. It must match whole lines, and takes time linear in their length.</summary>
    public static LogPattern Compile(string pattern)
    {
        var httpDates = new HashSet<string>(StringComparer.Ordinal);
        var text = Named.GetValueOrDefault(pattern, pattern);
        var expression = $"^(?:{Expand(text, httpDates)})$";
        try
        {
            var regex = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
            var fields = regex.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0])).ToArray();
            if (fields.Length > 0) return new LogPattern(pattern, regex, fields, httpDates);
        }
        catch (Exception cause) when (cause is ArgumentException or NotSupportedException)
        {
            throw new DataMeshException($"The log pattern '{pattern}' can not be used.", detail: cause.Message, hint: "patterns run in linear time: look-around and back references are not possible", cause: cause);
        }

        throw new DataMeshException($"The log pattern '{pattern}' has no named fields.", hint: Nearest.Find(pattern, [.. Named.Keys, Logfmt.Name]) is { } near
            ? $"did you mean '{near}'?" : $"name fields as in %{{IP:client}} or (?<client>\\S+), or use one of {string.Join(", ", Named.Keys)}, {Logfmt.Name}");
    }

    /// <summary>Whether a line has the marks that every line of a named form has; false means that its expression can not match.</summary>
    public static bool MayMatch(string name, string line) => name switch
    {
        "combined" or "common" => line.Contains(" [", StringComparison.Ordinal) && line.Contains("] \"", StringComparison.Ordinal),
        "syslog5424" => line.StartsWith('<'),
        "syslog" => line.StartsWith('<') || (line.Length > 3 && char.IsAsciiLetterUpper(line[0]) && char.IsAsciiLetterLower(line[1]) && char.IsAsciiLetterLower(line[2]) && line[3] == ' '),
        _ => true,
    };

    private static string Expand(string pattern, HashSet<string> httpDates)
    {
        var expanded = new StringBuilder();
        var at = 0;
        for (var open = pattern.IndexOf("%{", StringComparison.Ordinal); open >= 0; open = pattern.IndexOf("%{", at, StringComparison.Ordinal))
        {
            var close = pattern.IndexOf('}', open);
            if (close < 0) break;
            expanded.Append(pattern, at, open - at);
            var parts = pattern[(open + 2)..close].Split(':');
            if (!Words.TryGetValue(parts[0], out var word))
                throw new DataMeshException($"The log pattern has no word '{parts[0]}'.", hint: Nearest.Hint(parts[0], Words.Keys));
            expanded.Append(parts.Length > 1 ? $"(?<{parts[1]}>{word})" : $"(?:{word})");
            if (parts.Length > 1 && parts[0] == HttpDate) httpDates.Add(parts[1]);
            at = close + 1;
        }

        return expanded.Append(pattern, at, pattern.Length - at).ToString();
    }
}

/// <summary>A compiled form of log lines.</summary>
/// <param name="Name">As it was declared or found.</param>
/// <param name="Regex">Matches whole lines.</param>
/// <param name="Fields">Names of its groups, in order.</param>
/// <param name="HttpDates">Groups that hold times of the Apache log formats.</param>
internal sealed record LogPattern(string Name, Regex Regex, IReadOnlyList<string> Fields, IReadOnlySet<string> HttpDates);
