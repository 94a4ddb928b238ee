using static DataMesh.Core.Expressions.FunctionCategory;

namespace DataMesh.Core.Expressions.Functions;

/// <summary>Patterns and regular expressions.</summary>
internal static class PatternFunctions
{
    public static FunctionDescription[] All { get; } =
    [
        new("like", Patterns, "Written <c>text like pattern</c>: % stands for any characters, _ for one. <c>escape '!'</c> declares a character that takes their meaning away.",
            ["like(text string, pattern string, escape string?) -> bool"], ["'DataMesh' like 'Data%' => true", "'a_c' like 'a!_c' escape '!' => true", "'abc' not like '_b' => true"]),
        new("ilike", Patterns, "As <c>like</c>, ignoring case.", ["ilike(text string, pattern string, escape string?) -> bool"], ["'DataMesh' ilike '%MESH' => true"]),
        new("regexp_matches", Patterns, "Whether a regular expression matches anywhere in the text; also written <c>text ~ pattern</c>. Options: i ignores case, s lets the dot take newlines, m makes ^ and $ match at lines. Patterns run in linear time: no look-around, no back-references.",
            ["regexp_matches(text string, pattern string, options string?) -> bool"], ["regexp_matches('N123AB', '^N\\d+') => true", "'abc' ~ 'B' => false", "regexp_matches('abc', 'B', 'i') => true"]) { Aliases = ["regexp_like"] },
        new("regexp_full_match", Patterns, "Whether a regular expression matches the whole text.", ["regexp_full_match(text string, pattern string, options string?) -> bool"], ["regexp_full_match('abc', 'b') => false", "regexp_full_match('abc', '[a-c]+') => true"]),
        new("regexp_replace", Patterns, "The first match (all with option g) replaced; \\1 stands for the first group.", ["regexp_replace(text string, pattern string, replacement string, options string?) -> string"],
            ["regexp_replace('a1b2', '\\d', '#') => 'a#b2'", "regexp_replace('a1b2', '\\d', '#', 'g') => 'a#b#'", "regexp_replace('2024-05', '(\\d+)-(\\d+)', '\\2/\\1') => '05/2024'"]),
        new("regexp_extract", Patterns, "The first match, or one of its groups; empty when nothing matches.", ["regexp_extract(text string, pattern string, group int64?) -> string"],
            ["regexp_extract('flight 123', '\\d+') => '123'", "regexp_extract('k=v', '(\\w)=(\\w)', 2) => 'v'", "regexp_extract('x', '\\d') => ''"]),
        new("regexp_count", Patterns, "How often a regular expression matches.", ["regexp_count(text string, pattern string, options string?) -> int64"], ["regexp_count('a1b22', '\\d+') => 2"]),
    ];
}
