using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Sets of column names for <see cref="Core.Components.BoundStage.RequiredInputs"/>.</summary>
internal static class RequiredColumns
{
    /// <summary>The input columns that are needed later and those the stage itself reads; null (everything) stays null.</summary>
    public static IReadOnlySet<string>? With(IReadOnlySet<string>? requiredOutputs, Schema input, IEnumerable<string> own)
    {
        if (requiredOutputs is null) return null;
        var required = new HashSet<string>(requiredOutputs.Where(name => input.IndexOf(name) >= 0), StringComparer.OrdinalIgnoreCase);
        required.UnionWith(own);
        return required;
    }
}
