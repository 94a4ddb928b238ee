using System.CommandLine;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;

namespace DataMesh.Cli.Verbs.Datasets;

/// <summary>How a verb is told which table it is about: by its folder, or by its name when it lies where pipelines put it.</summary>
internal static class DatasetPath
{
    /// <summary>The argument.</summary>
    public static Argument<string> Argument() => new("PATH") { Description = "Folder of the table, or its name when it lies in lake/." };

    /// <summary>The folder.</summary>
    public static string Resolve(string text)
    {
        if (DeltaTable.Exists(text)) return text;
        var named = Path.Combine("lake", text);
        if (text.Length > 0 && DeltaTable.Exists(named)) return named;
        throw new DataMeshException($"There is no table in '{text}'.", hint: "'datamesh dataset list' shows the tables below a folder");
    }
}
