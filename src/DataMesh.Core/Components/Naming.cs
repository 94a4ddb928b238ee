using System.Text;

namespace DataMesh.Core.Components;

/// <summary>Between C# names and the names in pipeline files.</summary>
public static class Naming
{
    /// <summary><c>PartitionBy</c> to <c>partition_by</c>; digits stay with the word before them.</summary>
    public static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            var isWordStart = char.IsUpper(name[i]) && i > 0 && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (isWordStart) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
