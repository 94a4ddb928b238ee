namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>What people are told of an aggregate function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Forms">How it is called.</param>
/// <param name="Summary">What it gives.</param>
/// <param name="Aliases">Other names for the same.</param>
public sealed record AggregateDescription(string Name, string Forms, string Summary, IReadOnlyList<string> Aliases);

/// <summary>The aggregate functions, for those who look them up.</summary>
public static class AggregateReference
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<AggregateDescription> All { get; } =
        [.. AggregateFunctions.All.Select(each => new AggregateDescription(each.Name, each.Signature, each.Summary, AggregateFunctions.AliasesOf(each.Name)))];

    /// <summary>One by its name or another name for it, or null.</summary>
    public static AggregateDescription? Find(string name) =>
        All.FirstOrDefault(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || each.Aliases.Contains(name, StringComparer.OrdinalIgnoreCase));
}
