using static DataMesh.Core.Expressions.FunctionCategory;

namespace DataMesh.Core.Expressions.Functions;

/// <summary>Functions of JSON values, and of texts that hold JSON. Where the text is not JSON or the path leads nowhere the result is null.</summary>
internal static class JsonFunctions
{
    public static FunctionDescription[] All { get; } =
    [
        new("json_extract", Json, "The JSON value at a path such as <c>$.a.b[0]</c>, at a member's name or at an index; also written <c>x -> 'a'</c>.", Forms("json_extract({0}, path string) -> json?", "json_extract({0}, index int64) -> json?"),
            ["cast(json_extract('{\"a\":{\"b\":[10,20]}}', '$.a.b[1]') as int64) => 20", "'{\"a\":[1,2]}' -> 'a' -> 0 = '1' => true"]) { Aliases = ["json_query"] },
        new("json_extract_string", Json, "The same as a text: strings without quotes, JSON null as null; also written <c>x ->> 'a'</c>.", Forms("json_extract_string({0}, path string) -> string?", "json_extract_string({0}, index int64) -> string?"),
            ["json_extract_string('{\"a\":\"x\"}', '$.a') => 'x'", "'{\"a\":null}' ->> 'a' => null"]) { Aliases = ["json_value"] },
        new("json_array_length", Json, "Number of elements of an array (at a path); 0 when the value is not an array.", Forms("json_array_length({0}, path string?) -> int64?"), ["json_array_length('[1,[2,3],4]') => 3", "json_array_length('{\"a\":[]}', '$.a') => 0"]),
        new("json_type", Json, "object, array, string, number, boolean or null.", Forms("json_type({0}, path string?) -> string?"), ["json_type('[1]') => 'array'", "json_type('{\"a\":1.5}', '$.a') => 'number'"]),
        new("json_keys", Json, "The names of an object's members, as a JSON array.", Forms("json_keys({0}, path string?) -> json?"), ["cast(json_keys('{\"a\":1,\"b\":2}') as string) => '[\"a\",\"b\"]'"]),
        new("json_valid", Json, "Whether a text is one whole JSON value.", ["json_valid(text string) -> bool"], ["json_valid('{\"a\":1}') => true", "json_valid('{a}') => false"]),
    ];

    private static string[] Forms(params string[] forms) =>
        [.. forms.SelectMany(form => new[] { form.Replace("{0}", "value json", StringComparison.Ordinal), form.Replace("{0}", "value string", StringComparison.Ordinal) })];
}
