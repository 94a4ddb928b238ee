using System.Text;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Brings column names to a style.</summary>
internal static class NameStyles
{
    /// <summary>The name in the style. A name without any letter or digit stays as it is.</summary>
    public static string Apply(string name, NameStyle style) => style switch
    {
        NameStyle.SnakeCase => string.Join('.', name.Split('.').Select(SnakeCase)),
        NameStyle.Lower => name.ToLowerInvariant(),
        _ => name,
    };

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsLetterOrDigit(name[i]))
            {
                if (text.Length > 0 && text[^1] != '_') text.Append('_');
                continue;
            }

            if (BeginsWord(name, i) && text.Length > 0 && text[^1] != '_') text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        while (text.Length > 0 && text[^1] == '_') text.Length--;
        return text.Length == 0 ? name : text.ToString();
    }

    /// <summary>A capital after a small letter or digit begins a word, and so does the last capital of several before a small letter (HTTPStatus).</summary>
    private static bool BeginsWord(string name, int i)
    {
        if (i == 0 || !char.IsUpper(name[i])) return false;
        if (char.IsLower(name[i - 1]) || char.IsDigit(name[i - 1])) return true;
        return char.IsUpper(name[i - 1]) && i + 1 < name.Length && char.IsLower(name[i + 1]);
    }
}
