using System.IO.Enumeration;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Finds the columns that a stage's options name: by name, or by a pattern with <c>*</c> (any text) and <c>?</c> (any character).</summary>
internal static class ColumnPattern
{
    /// <summary>Whether the text is a pattern and no plain name. A column whose very name holds a <c>*</c> is found by that name first.</summary>
    public static bool IsPattern(string name, Schema input) => name.AsSpan().ContainsAny('*', '?') && input.IndexOf(name) < 0;

    /// <summary>
    /// The positions of the columns that <paramref name="name"/> means, in schema order. None is an error, unless columns were pruned or
    /// <paramref name="optional"/> says otherwise.
    /// </summary>
    public static IEnumerable<int> Find(string name, Schema input, ComponentContext context, Location? location = null, bool optional = false)
    {
        if (!IsPattern(name, input)) return Single(name, input, context, location, optional);
        var found = Enumerable.Range(0, input.Count).Where(i => FileSystemName.MatchesSimpleExpression(name, input[i].Name)).ToList();
        if (found.Count == 0 && !optional && !context.ColumnsArePruned)
            throw new DataMeshException($"No column matches '{name}'.", location, hint: Nearest.Hint(name.Replace("*", "", StringComparison.Ordinal), [.. input.Names]));
        return found;
    }

    private static int[] Single(string name, Schema input, ComponentContext context, Location? location, bool optional)
    {
        var at = optional || context.ColumnsArePruned ? input.IndexOf(name) : input.Require(name, location);
        return at < 0 ? [] : [at];
    }
}
