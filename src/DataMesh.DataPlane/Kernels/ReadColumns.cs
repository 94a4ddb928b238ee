using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Which columns a bound expression reads.</summary>
internal static class ReadColumns
{
    /// <summary>Their indices in the schema.</summary>
    public static HashSet<int> Of(BoundExpression bound)
    {
        var found = new HashSet<int>();
        Collect(bound, found);
        return found;
    }

    private static void Collect(BoundExpression bound, HashSet<int> found)
    {
        if (bound is BoundColumn column) found.Add(column.Index);
        foreach (var child in Children(bound)) Collect(child, found);
    }

    private static IEnumerable<BoundExpression> Children(BoundExpression bound) => bound switch
    {
        BoundCall call => call.Arguments,
        BoundLogical logical => logical.Terms,
        BoundCast cast => [cast.Value],
        BoundCoalesce coalesce => coalesce.Arguments,
        BoundIn membership => [membership.Value],
        BoundCase choice => [.. choice.Conditions, .. choice.Results, choice.Else],
        _ => [],
    };
}
