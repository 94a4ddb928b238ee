using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats;
using DataMesh.Formats.Text;

namespace DataMesh.Connectors.Files;

/// <summary>Turns the words of the file source's options into what formats understand.</summary>
internal static class FileFormatOptions
{
    /// <summary>The options of the formats.</summary>
    public static FormatOptions Of(FileSource source)
    {
        var types = new Dictionary<string, DataType>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in source.Types) types[entry.Key] = entry.Value;
        return new FormatOptions
        {
            Delimiter = source.Format == FileFormatName.Tsv ? '\t' : Character(source.Delimiter, "delimiter"),
            Quote = Quote(source),
            Header = source.Header,
            QuotedNewlines = source.QuotedNewlines,
            SkipLines = source.SkipLines,
            Comment = string.IsNullOrEmpty(source.Comment) ? null : source.Comment,
            NullValues = source.NullValues,
            RecordPath = source.RecordPath,
            Pattern = source.Pattern,
            TimeZone = source.Timezone,
            Types = types,
        };
    }

    /// <summary>The declared encoding by the name that <see cref="TextEncoding"/> uses, or null.</summary>
    public static string? Encoding(FileSource source)
    {
        if (source.Encoding is not { } word) return null;
        var name = word.ToLowerInvariant().Replace('_', '-') switch
        {
            "utf8" => "utf-8",
            "utf16" or "utf-16" or "utf16le" => "utf-16le",
            "utf16be" => "utf-16be",
            "latin1" or "iso-8859-1" or "windows-1252" or "cp1252" => "latin-1",
            var other => other,
        };
        if (TextDetection.Encodings.Contains(name)) return name;
        throw new DataMeshException($"There is no encoding '{word}' here.", hint: Nearest.Hint(name, [.. TextDetection.Encodings]));
    }

    /// <summary>The declared compression by the name that <see cref="TextEncoding"/> uses, or null.</summary>
    public static string? Compression(FileSource source) => source.Compression == FileCompression.Auto ? null : source.Compression.ToString().ToLowerInvariant();

    /// <summary>The declared quote; the zero character for none, null when it is to be found.</summary>
    public static char? Quote(FileSource source) => source.Quote is "" or "none" ? '\0' : Character(source.Quote, "quote");

    /// <summary>A character as it is or by its word.</summary>
    public static char? Character(string? word, string option) => word switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        "space" => ' ',
        "pipe" => '|',
        "comma" => ',',
        "semicolon" => ';',
        [var one] when one < 128 && one is not ('\n' or '\r') => one,
        _ => throw new DataMeshException($"The {option} '{word}' is not one ASCII character.", hint: $"write one character, such as {option}: ';' or the word tab"),
    };
}

/// <summary>The word for <c>compression:</c> of the file source.</summary>
public enum FileCompression
{
    /// <summary>Found by content.</summary>
    Auto,
    /// <summary>Not compressed.</summary>
    None,
    /// <summary>gzip.</summary>
    Gzip,
    /// <summary>Brotli.</summary>
    Brotli,
}
