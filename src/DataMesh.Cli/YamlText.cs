using System.Text.Encodings.Web;
using System.Text.Json;

namespace DataMesh.Cli;

/// <summary>Writes values into pipeline files.</summary>
internal static class YamlText
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A text, in double quotes where YAML would read it otherwise.</summary>
    public static string Quote(string text) => IsPlain(text) ? text : JsonSerializer.Serialize(text, Relaxed);

    private static bool IsPlain(string text) =>
        text.Length > 0
        && (char.IsAsciiLetter(text[0]) || text[0] is '_' or '.' or '/')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or '-')
        && text.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n" or ".nan" or ".inf");
}
