using System.Globalization;
using System.Text.Json;
using DataMesh.Core;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Kernels;

/// <summary>One step of a path: a member's name, or an array index (negative from the end) when the name is null.</summary>
internal readonly record struct JsonPathStep(string? Name, long Index)
{
    public static JsonPathStep Member(string name) => new(name, 0);

    public static JsonPathStep Element(long index) => new(null, index);
}

/// <summary>A path such as <c>$.a.b[0]."odd name"</c>; a text that does not begin with <c>$</c> is one member's name.</summary>
internal sealed class JsonPath(IReadOnlyList<JsonPathStep> steps)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.NestingDepthMax };

    /// <summary>The whole value.</summary>
    public static JsonPath Root { get; } = new([]);

    public static JsonPath Parse(string text)
    {
        if (!text.StartsWith('$')) return new JsonPath([JsonPathStep.Member(text)]);
        var steps = new List<JsonPathStep>();
        for (var at = 1; at < text.Length;)
        {
            if (text[at] == '[') steps.Add(ReadIndex(text, ref at));
            else if (text[at] == '.') steps.Add(ReadMember(text, ref at));
            else throw Wrong(text);
        }

        return new JsonPath(steps);
    }

    /// <summary>The bytes of the value, without spaces around it; empty when the path leads nowhere or the text is not JSON up to there.</summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> json, out JsonTokenType type)
    {
        type = JsonTokenType.None;
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read()) return default;
            foreach (var step in steps)
                if (!Enter(ref reader, step)) return default;
            type = reader.TokenType;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return json[start..(int)reader.BytesConsumed];
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static bool Enter(ref Utf8JsonReader reader, JsonPathStep step)
    {
        if (step.Name is { } name)
        {
            if (reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isIt = reader.ValueTextEquals(name);
                reader.Read();
                if (isIt) return true;
                reader.Skip();
            }

            return false;
        }

        if (reader.TokenType != JsonTokenType.StartArray) return false;
        var index = step.Index;
        if (index < 0) index += CountElements(reader);
        for (; index >= 0 && reader.Read() && reader.TokenType != JsonTokenType.EndArray; reader.Skip())
            if (index-- == 0) return true;
        return false;
    }

    private static long CountElements(Utf8JsonReader reader)
    {
        var count = 0L;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; reader.Skip()) count++;
        return count;
    }

    private static JsonPathStep ReadIndex(string text, ref int at)
    {
        var end = text.IndexOf(']', at);
        if (end < 0) throw Wrong(text);
        var inner = text[(at + 1)..end];
        at = end + 1;
        if (inner.Length > 1 && inner[0] is '"' or '\'' && inner[^1] == inner[0]) return JsonPathStep.Member(inner[1..^1]);
        if (inner.StartsWith("#-", StringComparison.Ordinal)) inner = inner[1..];
        return long.TryParse(inner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) ? JsonPathStep.Element(index) : throw Wrong(text);
    }

    private static JsonPathStep ReadMember(string text, ref int at)
    {
        at++;
        if (at < text.Length && text[at] == '"')
        {
            var close = text.IndexOf('"', at + 1);
            if (close < 0) throw Wrong(text);
            var quoted = text[(at + 1)..close];
            at = close + 1;
            return JsonPathStep.Member(quoted);
        }

        var end = text.AsSpan(at).IndexOfAny('.', '[');
        end = end < 0 ? text.Length : at + end;
        if (end == at) throw Wrong(text);
        var name = text[at..end];
        at = end;
        return JsonPathStep.Member(name);
    }

    private static DataMeshException Wrong(string text) =>
        new($"'{text}' is not a path into JSON.", hint: "write it as $.member.other[0]; odd names as $.\"odd name\"");
}
