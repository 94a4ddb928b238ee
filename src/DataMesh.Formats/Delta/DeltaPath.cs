using System.Text;

namespace DataMesh.Formats.Delta;

/// <summary>Paths of data files: how the log spells them (URI, percent-encoded) and how Hive spells partition folders.</summary>
public static class DeltaPath
{
    /// <summary>Folder name of a null partition value.</summary>
    public const string NullPartition = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>Longest folder name that is written; a longer value is cut and made unique by a hash. File systems allow 255 bytes.</summary>
    private const int FolderBytesMax = 200;

    private const string HiveEscaped = "\"#%'*/:=?\\\u007F{}[]^ <>|";

    /// <summary>A relative path (with <c>/</c>) as the log spells it.</summary>
    public static string Encode(string path)
    {
        var encoded = new StringBuilder(path.Length + 16);
        foreach (var unit in Encoding.UTF8.GetBytes(path))
        {
            if (char.IsAsciiLetterOrDigit((char)unit) || "-_.~/=+$,&@!*'()".Contains((char)unit, StringComparison.Ordinal)) encoded.Append((char)unit);
            else encoded.Append('%').Append(unit.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }

    /// <summary>The path that a log entry means: percent-decoded, without a <c>file:</c> scheme.</summary>
    public static string Decode(string logged)
    {
        if (logged.StartsWith("file:", StringComparison.Ordinal))
        {
            logged = logged["file:".Length..];
            if (logged.StartsWith("///", StringComparison.Ordinal)) logged = logged[2..];
        }

        return logged.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(logged) : logged;
    }

    /// <summary>The absolute path of a logged file.</summary>
    public static string Resolve(string table, string logged) => System.IO.Path.Combine(table, Decode(logged));

    /// <summary>The folder of partition values, such as <c>state=CA/day=2024-01-01/</c>; empty when there are none.</summary>
    public static string PartitionFolder(IEnumerable<KeyValuePair<string, string?>> values)
    {
        var folder = new StringBuilder();
        foreach (var (name, value) in values)
        {
            // Names that begin with these hide a folder from every engine, and the rows with it.
            if (name.StartsWith('_') || name.StartsWith('.')) continue;
            var segment = $"{EscapeHive(name)}={(string.IsNullOrEmpty(value) ? NullPartition : EscapeHive(value))}";
            folder.Append(Shorten(segment)).Append('/');
        }

        return folder.ToString();
    }

    private static string Shorten(string segment)
    {
        if (Encoding.UTF8.GetByteCount(segment) <= FolderBytesMax) return segment;
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(segment)))[..16];
        var kept = segment;
        while (Encoding.UTF8.GetByteCount(kept) > FolderBytesMax - 17) kept = kept[..^1];
        if (char.IsHighSurrogate(kept[^1])) kept = kept[..^1];
        return $"{kept}~{hash}";
    }

    private static string EscapeHive(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var letter in text)
        {
            if (letter < ' ' || HiveEscaped.Contains(letter, StringComparison.Ordinal)) escaped.Append('%').Append(((int)letter).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            else escaped.Append(letter);
        }

        return escaped.ToString();
    }
}
